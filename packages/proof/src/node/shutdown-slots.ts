import { at } from "../manifest/values.ts";
import type { Workload } from "../manifest/workload.ts";
import type { Plan } from "../plan/plan.ts";

/** How long pods from this priority up to the next slot's may take to stop when the node shuts down. */
export interface ShutdownSlot {
  readonly priority: number;
  readonly seconds: number;
}

/** Kubernetes' default for pods that say nothing; also what pods get that no rendering shows. */
const DEFAULT_GRACE = 30;
/** system-cluster-critical: CoreDNS and metrics-server stop after everybody who asks them. */
const SYSTEM_PRIORITY = 2_000_000_000;

/**
 * One slot for each priority class, lowest first, as long as the slowest of its pods asks for. The kubelet
 * waits for a slot only as long as a pod of it is still there.
 * @see k8s.io/kubernetes v1.36.3 pkg/kubelet/nodeshutdown/nodeshutdown_manager.go `killPods`
 */
export function shutdownSlots(plan: Plan, workloads: readonly Workload[]): readonly ShutdownSlot[] {
  const longest = gracePeriods(workloads);
  const slots = Object.entries(plan.priorityClasses).map(([name, { value }]) => ({
    priority: value,
    seconds: Math.max(DEFAULT_GRACE, longest.get(name) ?? 0),
  }));
  return [...slots, { priority: SYSTEM_PRIORITY, seconds: DEFAULT_GRACE }].sort(
    (one, other) => one.priority - other.priority,
  );
}

/** The longest `terminationGracePeriodSeconds` by priority class. */
export function gracePeriods(workloads: readonly Workload[]): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { podSpec } of workloads) {
    const name = at(podSpec, "priorityClassName");
    const seconds = at(podSpec, "terminationGracePeriodSeconds");
    if (typeof name !== "string") continue;
    const grace = typeof seconds === "number" ? seconds : DEFAULT_GRACE;
    longest.set(name, Math.max(longest.get(name) ?? 0, grace));
  }
  return longest;
}
