import { stringAt } from "../manifest/values.ts";
import type { Container, Workload } from "../manifest/workload.ts";

/** The containers of a workload that have to end before Argo CD takes the workload for healthy. */
export interface WaitingPods {
  readonly workload: Workload;
  /** The workload with these containers alone, and the volumes that they mount; field paths are the workload's. */
  readonly waiting: Workload;
  /** True when only its init containers have to end. */
  readonly init: boolean;
}

/**
 * What a sync waits for: all containers of Jobs and Pods, the init containers of everything else that it
 * starts. A CronJob is healthy before its first run.
 */
export function waitingPods(workloads: readonly Workload[]): readonly WaitingPods[] {
  return workloads.flatMap((workload): WaitingPods[] => {
    if (workload.kind === "Job" || workload.kind === "Pod")
      return [{ workload, waiting: workload, init: false }];
    const { initContainers = [] } = workload.podSpec;
    if (workload.kind === "CronJob" || initContainers.every(isSidecar)) return [];
    return [{ workload, waiting: initPart(workload, initContainers), init: true }];
  });
}

/** Init containers that restart run beside the others: the pod waits for their start, not for their end. */
function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === "Always";
}

function initPart(workload: Workload, initContainers: readonly Container[]): Workload {
  // Sidecars stay as empty shells, so that positions in field paths remain right.
  const waiting = initContainers.map((container) =>
    isSidecar(container) ? { name: container.name } : container,
  );
  const mounted = new Set(
    waiting.flatMap(({ volumeMounts }) =>
      Array.isArray(volumeMounts) ? volumeMounts.map((mount) => stringAt(mount, "name")) : [],
    ),
  );
  const volumes = Array.isArray(workload.podSpec.volumes) ? workload.podSpec.volumes : [];
  return {
    ...workload,
    podSpec: {
      ...workload.podSpec,
      initContainers: waiting,
      containers: [],
      volumes: volumes.filter((volume) => mounted.has(stringAt(volume, "name"))),
    },
  };
}
