import type { KubernetesObject } from "@t495/proof";
import type { ApiClient } from "../api/api-client.ts";
import { eventually, type Program } from "../cluster/program.ts";
import type { GitRepository } from "./git-repository.ts";

export const NAMESPACE = "argocd";
const APPLICATION = { apiVersion: "argoproj.io/v1alpha1", kind: "Application" } as const;
export const APPLICATION_SET = { apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet" } as const;
export const ROOT_NAME = "platform";

/** An Application or ApplicationSet as far as its condition says whether all is well. */
export interface Application extends KubernetesObject {
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string; readonly message?: string };
    readonly operationState?: {
      readonly phase?: string;
      readonly message?: string;
      readonly operation?: { readonly sync?: { readonly revision?: string } };
    };
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
    readonly resources?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly status?: string;
      readonly health?: { readonly status?: string; readonly message?: string };
    }[];
  };
}

/** The repository with Argo CD's webhook: at each push every Application is compared at once (RefreshApp, 3.5.5). */
export function announcing(repository: GitRepository, api: ApiClient): GitRepository {
  const announce = async (push: Promise<string>): Promise<string> => {
    const commit = await push;
    const metadata = { annotations: { "argocd.argoproj.io/refresh": "normal" } };
    for (const name of (await applicationsByName(api)).keys()) {
      await api.patch({ ...APPLICATION, namespace: NAMESPACE, name }, { metadata });
    }
    return commit;
  };
  return {
    url: repository.url,
    commit: (...change) => announce(repository.commit(...change)),
    revert: () => announce(repository.revert()),
  };
}

/** Every Application by its name. */
export async function applicationsByName(api: ApiClient): Promise<ReadonlyMap<string, Application>> {
  const found = (await api.list(APPLICATION, NAMESPACE)) as Application[];
  return new Map(found.map((application) => [application.metadata.name, application]));
}

export async function applicationSetNames(api: ApiClient): Promise<readonly string[]> {
  return (await api.list(APPLICATION_SET, NAMESPACE)).map(({ metadata }) => metadata.name);
}

/** Synced and Healthy, at this commit when one is named. */
function isReady(application: Application | undefined, commit?: string): boolean {
  const { status } = application ?? {};
  return (
    status?.sync?.status === "Synced" &&
    status.health?.status === "Healthy" &&
    (commit === undefined || status.sync.revision === commit)
  );
}

/** Whether this commit is being synced at the moment. */
export function isSyncing({ status }: Application, commit: string): boolean {
  const { phase, operation } = status?.operationState ?? {};
  return phase === "Running" && operation?.sync?.revision === commit;
}

/** Whether an ApplicationSet, this very one, made it. */
export function isOwnedBy(application: Application | undefined, { metadata }: KubernetesObject): boolean {
  const owners = (application?.metadata.ownerReferences ?? []) as readonly { readonly uid: string }[];
  return owners.some(({ uid }) => uid === metadata.uid);
}

/**
 * Waits until these Applications are Synced and Healthy, at this commit when one is named.
 * @throws Error with what Argo CD says of those that do not become so
 */
export async function allReady(
  api: ApiClient,
  names: readonly string[],
  { commit, program }: { readonly commit?: string | undefined; readonly program: Program },
): Promise<void> {
  const isSo = async (): Promise<boolean> => {
    const applications = await applicationsByName(api);
    return names.every((name) => isReady(applications.get(name), commit));
  };
  // Every Application with all that it knows of its objects: a large answer.
  const patience = { seconds: 600, everyMs: 500, program };
  await eventually(`${names.join(", ")}: Synced and Healthy`, isSo, patience).catch(withState(api));
}

/** Adds to an error what Argo CD says of every Application that is not ready. */
export function withState(api: ApiClient): (error: Error) => Promise<never> {
  return async (error) => {
    const states = describeUnready(await applicationsByName(api));
    throw new Error([error.message, ...states].join("\n"));
  };
}

/** What is not ready, with Argo CD's own words; empty when everything is. */
function describeUnready(applications: ReadonlyMap<string, Application>): readonly string[] {
  return [...applications]
    .filter(([, application]) => !isReady(application))
    .map(([name, { status = {} }]) => {
      const { sync, health, operationState, conditions = [], resources = [] } = status;
      const unwell = resources
        .filter(
          (resource) =>
            resource.status === "OutOfSync" || (resource.health?.status ?? "Healthy") !== "Healthy",
        )
        .map((resource) => `${resource.kind}/${resource.name} ${resource.status} ${resource.health?.status}`);
      return [
        `${name}: ${sync?.status} ${health?.status}, ${operationState?.phase} ${operationState?.message ?? ""}`,
        ...conditions.map(({ type, message }) => `${type} ${message}`),
        ...unwell.slice(0, 10),
      ].join("; ");
    });
}
