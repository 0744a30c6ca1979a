import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";

/** Kubernetes' own classes, which no rendering holds (pkg/apis/scheduling/v1/helpers.go of v1.36.3). */
const SYSTEM_CLASSES: ReadonlyMap<string, number> = new Map([
  ["system-cluster-critical", 2_000_000_000],
  ["system-node-critical", 2_000_001_000],
]);

/** The PriorityClasses of one rendering. */
export interface PriorityClasses {
  /** In stream order. */
  readonly manifests: readonly Manifest[];
  /** Value by name, Kubernetes' own included. */
  readonly values: ReadonlyMap<string, number>;
  /** What pods get that name no class: the first with `globalDefault`. */
  readonly defaults: readonly Manifest[];
}

export function priorityClasses(index: ManifestIndex): PriorityClasses {
  const manifests = index.filter({ group: "scheduling.k8s.io", kind: "PriorityClass" });
  const values = new Map(SYSTEM_CLASSES);
  for (const { name, object } of manifests)
    if (typeof object.value === "number") values.set(name, object.value);
  return { manifests, values, defaults: manifests.filter(({ object }) => object.globalDefault === true) };
}

export function isSystemClass(name: string): boolean {
  return SYSTEM_CLASSES.has(name);
}

/** The class that a pod template names; an empty name is none. */
export function classNameOf({ podSpec }: Workload): string | undefined {
  const name = at(podSpec, "priorityClassName");
  return typeof name === "string" && name !== "" ? name : undefined;
}
