import { at, objectAt } from "../manifest/values.ts";
import type { Workload } from "../manifest/workload.ts";
import type { PodCounts } from "./accounting.ts";
import { shortestInterval } from "./cron-schedule.ts";

/** How many pods one workload holds at its worst moments. */
interface WorkloadPods extends PodCounts {
  /** Job, CronJob and hook pods: they end. */
  readonly transient: boolean;
  /** A CronJob whose runs may overlap without end: the counts are those of one run. */
  readonly unlimited: boolean;
}

/**
 * Pods that a quota charges, by the controllers' own code.
 * @param maxReplicas of the HorizontalPodAutoscaler that targets the workload, if there is one
 * @see k8s.io/kubernetes v1.36.3 pkg/controller/{deployment,statefulset,daemon,job,cronjob}
 */
export function podsOf(workload: Workload, maxReplicas: number | undefined): WorkloadPods {
  const { spec } = workload;
  switch (workload.kind) {
    case "Deployment":
      return lasting(...deploymentPods(spec, replicasOf(spec, maxReplicas)));
    case "StatefulSet":
    case "ReplicaSet":
    case "ReplicationController":
      // A pod of a StatefulSet must be gone before its successor of the same name can exist.
      return lasting(replicasOf(spec, maxReplicas));
    case "DaemonSet":
      return daemonSetSurges(spec) ? lasting(1, 2, 2) : lasting(1);
    case "Pod":
      return endsByItself(workload) ? passing(1, 1) : lasting(1);
    case "Job":
      return jobPods(spec);
    case "CronJob":
      return cronJobPods(spec);
  }
}

/**
 * How many pods beyond `replicas` a rolling Deployment may start, and how many it may miss.
 * @returns undefined for values that Kubernetes refuses
 * @see k8s.io/kubernetes v1.36.3 pkg/controller/deployment/util/deployment_util.go `ResolveFenceposts`
 */
export function deploymentFenceposts(
  maxSurge: unknown,
  maxUnavailable: unknown,
  replicas: number,
): { readonly surge: number; readonly unavailable: number } | undefined {
  const surge = scaledValue(maxSurge, replicas, Math.ceil);
  const unavailable = scaledValue(maxUnavailable, replicas, Math.floor);
  if (surge === undefined || unavailable === undefined) return undefined;
  // Kubernetes' own comment on this case: the surge might not work because of the quota.
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function deploymentPods(spec: Workload["spec"], replicas: number): [number, number, number] {
  const strategy = objectAt(spec, "strategy");
  if (at(strategy, "type") === "Recreate" || spec.paused === true) return [replicas, replicas, replicas];
  const { surge } = deploymentFenceposts(
    at(strategy, "rollingUpdate", "maxSurge") ?? "25%",
    at(strategy, "rollingUpdate", "maxUnavailable") ?? "25%",
    replicas,
  ) ?? { surge: Math.ceil(replicas / 4) };
  // The new ReplicaSet never exceeds `replicas`; pods that are terminating do not hold it back.
  return [replicas, replicas + Math.min(surge, replicas), 2 * replicas];
}

function daemonSetSurges(spec: Workload["spec"]): boolean {
  if (at(spec, "updateStrategy", "type") === "OnDelete") return false;
  return (scaledValue(at(spec, "updateStrategy", "rollingUpdate", "maxSurge") ?? 0, 1, Math.ceil) ?? 0) > 0;
}

function jobPods(spec: Workload["spec"]): WorkloadPods {
  if (spec.suspend === true) return passing(0, 0);
  const parallelism = wholeNumber(spec.parallelism) ?? 1;
  const completions = wholeNumber(spec.completions);
  const active = completions === undefined ? parallelism : Math.min(parallelism, completions);
  const waitsForTheEnd = spec.podReplacementPolicy === "Failed" || isPresent(spec.podFailurePolicy);
  return passing(active, waitsForTheEnd ? active : 2 * active);
}

function cronJobPods(spec: Workload["spec"]): WorkloadPods {
  if (spec.suspend === true) return passing(0, 0);
  const job = objectAt(spec, "jobTemplate", "spec") ?? {};
  const one = jobPods(job);
  if (spec.concurrencyPolicy === "Forbid") return one;
  if (spec.concurrencyPolicy === "Replace")
    return passing(one.steady, Math.max(2 * one.steady, one.terminating));
  const interval = typeof spec.schedule === "string" ? shortestInterval(spec.schedule) : undefined;
  const deadline = wholeNumber(job.activeDeadlineSeconds);
  if (interval === undefined || deadline === undefined) return { ...one, unlimited: one.steady > 0 };
  const overlapping = Math.max(1, Math.ceil(deadline / interval));
  return passing(one.steady * overlapping, one.terminating * overlapping);
}

function lasting(steady: number, rollout = steady, terminating = rollout): WorkloadPods {
  return { steady, rollout, terminating, transient: false, unlimited: false };
}

function passing(active: number, terminating: number): WorkloadPods {
  return { steady: active, rollout: active, terminating, transient: true, unlimited: false };
}

function endsByItself({ manifest, podSpec }: Workload): boolean {
  const annotations = objectAt(manifest.object, "metadata", "annotations") ?? {};
  const isHook = ["helm.sh/hook", "argocd.argoproj.io/hook"].some((key) => Object.hasOwn(annotations, key));
  return isHook || podSpec.restartPolicy === "Never" || podSpec.restartPolicy === "OnFailure";
}

function replicasOf(spec: Workload["spec"], maxReplicas: number | undefined): number {
  const replicas = wholeNumber(spec.replicas) ?? 1;
  // An autoscaler leaves a workload alone that somebody scaled to zero.
  return maxReplicas === undefined || replicas === 0 ? replicas : maxReplicas;
}

/** k8s.io/apimachinery v0.36.3 pkg/util/intstr `GetScaledValueFromIntOrPercent`. */
function scaledValue(value: unknown, total: number, round: (value: number) => number): number | undefined {
  if (typeof value === "number") return wholeNumber(value);
  const percent = typeof value === "string" ? /^(\d{1,6})%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : round((Number(percent) * total) / 100);
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
