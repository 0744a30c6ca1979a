import { describeObject, type Manifest, namespaceOf } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { at, stringAt, textOf } from "../../../manifest/values.ts";
import type { Problem } from "../../rule.ts";
import type { PodDirectory } from "./selected-pods.ts";

const COUNTED: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "ReplicaSet"]);

/**
 * A budget that allows no disruption even while every pod is healthy: a drain waits for ever, and with it the
 * node's upgrade. Undefined where the number of pods is not known.
 * @see k8s.io/kubernetes v1.36.3 pkg/controller/disruption/disruption.go `getExpectedPodCount`
 */
export function checkDrain(
  budget: Manifest,
  pods: PodDirectory,
  index: ManifestIndex,
): Problem<"budget-blocks-drain"> | undefined {
  const selected = pods.select(namespaceOf(budget), at(budget.object, "spec", "selector"));
  const workloads = selected.map(({ workload }) => workload);
  if (workloads.length === 0 || workloads.some(({ kind }) => !COUNTED.has(kind))) return undefined;
  if (workloads.some(({ manifest }) => isScaled(manifest, index))) return undefined;
  const counts = workloads.map(({ spec }) => spec.replicas ?? 1);
  if (!counts.every((count) => typeof count === "number")) return undefined;
  const replicas = counts.reduce<number>((sum, count) => sum + Number(count), 0);
  if (replicas === 0) return undefined;
  for (const [field, spared] of [
    ["maxUnavailable", (value: number) => value],
    ["minAvailable", (value: number) => replicas - value],
  ] as const) {
    const written = at(budget.object, "spec", field);
    const value = scaled(written, replicas);
    if (value === undefined || spared(value) > 0) continue;
    const names = workloads.map(({ manifest }) => describeObject(manifest)).join(", ");
    return {
      code: "budget-blocks-drain",
      manifest: budget,
      path: `spec.${field}`,
      message: `${field} ${textOf(written)} lets none of the ${replicas} pods of ${names} go: a drain of the node waits for ever`,
      actual: textOf(written),
      limit: field === "minAvailable" ? `at most ${replicas - 1}` : "at least 1",
      fix:
        replicas === 1
          ? "Remove the budget: one pod cannot be spared and evicted."
          : "Let one pod go, with maxUnavailable: 1.",
    };
  }
  return undefined;
}

/** A number, or a share of the pods, which is rounded up. */
function scaled(value: unknown, replicas: number): number | undefined {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : Math.ceil((Number(percent) * replicas) / 100);
}

/** An autoscaler decides how many pods there are. */
function isScaled({ kind, name, namespace }: Manifest, index: ManifestIndex): boolean {
  return index
    .filter({ group: "autoscaling", kind: "HorizontalPodAutoscaler", namespace })
    .some(({ object }) => {
      const target = at(object, "spec", "scaleTargetRef");
      return stringAt(target, "kind") === kind && stringAt(target, "name") === name;
    });
}
