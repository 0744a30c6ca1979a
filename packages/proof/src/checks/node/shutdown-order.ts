import { at, objectsIn } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import type { NodeConfiguration } from "../../node/node-configuration.ts";
import { KUBELET_CONFIG, LOGIND_CONFIG } from "../../node/node-paths.ts";
import { gracePeriods, type ShutdownSlot } from "../../node/shutdown-slots.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../rule.ts";
import type { NodeCode } from "./node-codes.ts";

/** Pods of each class get the time they ask for when the node shuts down, one class after the other. */
export function* checkShutdown(
  { kubelet, shutdownDelay }: NodeConfiguration,
  plan: Plan,
  workloads: readonly Workload[],
): Generator<Problem<NodeCode>> {
  const slots = slotsOf(kubelet);
  const path = `${KUBELET_CONFIG}: shutdownGracePeriodByPodPriority`;
  for (const [name, seconds] of gracePeriods(workloads)) {
    const priority = plan.priorityClasses[name]?.value;
    if (priority === undefined) continue;
    const slot = slotFor(slots, priority);
    if (slot !== undefined && slot.seconds >= seconds) continue;
    yield {
      code: "stops-too-soon",
      path,
      message: `pods of class ${name} ask for up to ${seconds} s to stop; a shutdown gives them ${slot?.seconds ?? 0} s`,
      actual: slot?.seconds ?? 0,
      limit: seconds,
      fix: `give priority ${priority} ${seconds} seconds`,
    };
  }
  const total = slots.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total === 0 || (shutdownDelay ?? 0) >= total) return;
  yield {
    code: "delay-too-short",
    path: `${LOGIND_CONFIG}: InhibitDelayMaxSec`,
    message: `the kubelet's shutdown takes up to ${total} s; the system waits ${shutdownDelay ?? "its default of 5"} s`,
    actual: shutdownDelay,
    limit: total,
    fix: `write InhibitDelayMaxSec=${total}`,
  };
}

function slotsOf(kubelet: unknown): readonly ShutdownSlot[] {
  return objectsIn(at(kubelet, "shutdownGracePeriodByPodPriority"))
    .flatMap(({ priority, shutdownGracePeriodSeconds: seconds }) =>
      typeof priority === "number" && typeof seconds === "number" ? [{ priority, seconds }] : [],
    )
    .sort((one, other) => one.priority - other.priority);
}

/** The slot of the nearest priority below; the lowest one also takes those below it. */
function slotFor(slots: readonly ShutdownSlot[], priority: number): ShutdownSlot | undefined {
  return slots.findLast((slot) => slot.priority <= priority) ?? slots[0];
}
