import type { KubernetesObject } from "@t495/proof";
import { describeObject } from "../../../proof/src/manifest/kubernetes-object.ts";
import type { Workload } from "../../../proof/src/manifest/workload.ts";
import type { ApiClient } from "../api/api-client.ts";

/** A pod of the cluster, as far as the proof looks at it. */
export interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string; readonly priorityClassName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

interface Event extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly namespace?: string };
}

export interface Settled {
  /** Pods that exist. */
  readonly pods: number;
  /** What did not come up, each with the cluster's own words; empty when all is well. */
  readonly problems: readonly string[];
}

/** Waits until every workload has what it asks for, or time is up; then says what is missing and why. */
export async function settled(
  api: ApiClient,
  workloads: readonly Workload[],
  seconds = 60,
): Promise<Settled> {
  const deadline = Date.now() + seconds * 1000;
  let unfinished = workloads;
  while (unfinished.length > 0 && Date.now() < deadline) {
    const live = await Promise.all(
      unfinished.map(async (workload) => [workload, await find(api, workload)] as const),
    );
    unfinished = live
      .filter(([, object]) => object === undefined || !isComplete(object))
      .map(([workload]) => workload);
    if (unfinished.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const pods = await podsOf(api);
  if (unfinished.length === 0) return { pods: pods.length, problems: [] };
  const named = unfinished.map(({ manifest }) => `${describeObject(manifest)} is not complete`);
  return { pods: pods.length, problems: [...named, ...(await warningsOf(api))] };
}

/** Every pod, of one namespace or of all. */
export async function podsOf(api: ApiClient, namespace?: string): Promise<Pod[]> {
  return (await api.list({ apiVersion: "v1", kind: "Pod" }, namespace)) as Pod[];
}

/** Whether the scheduler has found no place for a pod. */
export function isWaiting({ spec }: Pod): boolean {
  return spec.nodeName === undefined;
}

/** What went wrong in the cluster's own words, each once; only with these reasons when some are given. */
export async function warningsOf(api: ApiClient, reasons?: readonly string[]): Promise<string[]> {
  const events = (await api.list({ apiVersion: "v1", kind: "Event" })) as Event[];
  const told = events
    .filter(({ type, reason = "" }) =>
      reasons === undefined ? type === "Warning" : reasons.includes(reason),
    )
    .map(({ involvedObject: { kind, namespace, name }, reason, message }) => {
      return `${describeObject({ kind, namespace, name })}: ${reason}: ${message}`;
    });
  return [...new Set(told)];
}

async function find(api: ApiClient, { manifest }: Workload): Promise<KubernetesObject | undefined> {
  const { apiVersion } = manifest.object;
  const { kind, namespace, name } = manifest;
  return api.get({ apiVersion, kind, namespace, name }).catch(() => undefined);
}

/** As `kubectl rollout status` judges it; a Job when it succeeded, a CronJob always. */
export function isComplete({ kind, metadata, spec, status }: KubernetesObject): boolean {
  const wanted = (spec ?? {}) as { replicas?: number; completions?: number };
  const is = (status ?? {}) as Record<string, number | undefined>;
  const seen = (is.observedGeneration ?? 0) >= Number(metadata.generation ?? 0);
  const replicas = wanted.replicas ?? 1;
  switch (kind) {
    case "Deployment":
    case "StatefulSet":
      return (
        seen &&
        is.updatedReplicas === replicas &&
        is.replicas === replicas &&
        (is.availableReplicas ?? 0) === replicas
      );
    case "DaemonSet": {
      const desired = is.desiredNumberScheduled;
      return (
        seen &&
        desired !== undefined &&
        is.updatedNumberScheduled === desired &&
        is.numberAvailable === desired
      );
    }
    case "Job":
      return (is.succeeded ?? 0) >= (wanted.completions ?? 1);
    default:
      return true;
  }
}
