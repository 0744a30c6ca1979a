import { at, type JsonObject, objectsIn } from "../manifest/values.ts";

/** What the doctor asks a cluster for. */
export const FACT_NAMES = [
  "node",
  "configz",
  "pods",
  "podMetrics",
  "storageClasses",
  "priorityClasses",
  "quotas",
  "limitRanges",
  "networkPolicies",
  "services",
  "pools",
  "argocdWorkloads",
  "argocdConfigMaps",
  "secretKeys",
  "plan",
] as const;

export type FactName = (typeof FACT_NAMES)[number];

/**
 * One answer of the API server as it came, or why there is none. `secretKeys` holds names of Secrets and of their
 * keys, `{"namespace/name": ["key"]}`, never a value.
 */
export type Fact = { readonly value: unknown } | { readonly problem: string };

export type ClusterFacts = Readonly<Record<FactName, Fact>>;

/** The answers that an examination asked for; it does not run when one is missing. */
export type Answers = Readonly<Record<FactName, unknown>>;

/** The items of a list that the API server gave. */
export function itemsOf(list: unknown): readonly JsonObject[] {
  return objectsIn(at(list, "items"));
}

export function nameOf(object: unknown): string {
  const name = at(object, "metadata", "name");
  return typeof name === "string" ? name : "";
}

export function namespaceOf(object: unknown): string {
  const namespace = at(object, "metadata", "namespace");
  return typeof namespace === "string" ? namespace : "";
}
