import type { ManifestIndex } from "../manifest/manifest-index.ts";
import type { Workload } from "../manifest/workload.ts";
import type { Dependency } from "./dependency.ts";
import { objectDependencies } from "./object-dependencies.ts";
import { webhookDependencies } from "./webhook-dependencies.ts";
import { workloadDependencies } from "./workload-dependencies.ts";

/**
 * Every dependency between two objects of one rendering, inferred from the objects themselves. References to
 * what the rendering does not hold, and optional ones, make no dependency.
 */
export function* dependencyGraph(
  index: ManifestIndex,
  workloads: readonly Workload[],
): Generator<Dependency> {
  yield* objectDependencies(index);
  yield* workloadDependencies(index, workloads);
  yield* webhookDependencies(index, workloads);
}
