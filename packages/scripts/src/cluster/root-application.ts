import { InputError, isInputError } from "@t495/proof/errors";
import type { Kubectl } from "./kubectl.ts";

/** The root Application, as far as the commands read it. */
export interface RootApplication {
  readonly spec: {
    readonly source: { readonly repoURL: string; readonly targetRevision: string };
    readonly syncPolicy?: { readonly syncOptions?: readonly string[]; readonly retry?: object };
  };
  readonly status?: {
    readonly operationState?: { readonly phase: string; readonly message?: string };
    readonly sync?: { readonly status?: string; readonly revision?: string };
  };
}

/** Where it stands: arguments of kubectl. */
export const ROOT_APPLICATION = ["applications.argoproj.io", "platform", "--namespace=argocd"] as const;

/** The root Application of the cluster; undefined before the bootstrap. */
export async function findRootApplication(kubectl: Kubectl): Promise<RootApplication | undefined> {
  try {
    return (await kubectl.get(ROOT_APPLICATION)) as RootApplication;
  } catch (error) {
    if (isInputError(error) && /NotFound|not found|doesn't have a resource type/.test(error.what))
      return undefined;
    throw error;
  }
}

/** @throws InputError before the bootstrap */
export async function requireRootApplication(kubectl: Kubectl): Promise<RootApplication> {
  const application = await findRootApplication(kubectl);
  if (application !== undefined) return application;
  throw new InputError({
    what: "the cluster has no Application platform in namespace argocd",
    fix: "install it with `platform bootstrap`, or name the right cluster with --context",
  });
}
