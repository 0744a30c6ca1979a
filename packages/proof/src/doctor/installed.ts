import { isObject, type JsonObject } from "../manifest/values.ts";
import type { Plan } from "../plan/plan.ts";
import { type ClusterFacts, type FactName, itemsOf, nameOf, namespaceOf } from "./cluster-facts.ts";

/**
 * Whether anything of the platform is there: Argo CD's programs, or an object of the plan. A running platform may lose
 * some of them, and is judged by the others. What cannot be asked decides nothing. Secrets do not count: an owner may
 * bring them before the bootstrap.
 */
export function isInstalled(plan: Plan, facts: ClusterFacts): boolean {
  if (!("value" in facts.argocdWorkloads)) return true;
  const has = (name: FactName, isPlanned: (object: JsonObject) => boolean): boolean => {
    const fact = facts[name];
    return "value" in fact && itemsOf(fact.value).some(isPlanned);
  };
  const namespaceOfPlan = (object: JsonObject) =>
    Object.hasOwn(plan.namespaces, namespaceOf(object)) ? plan.namespaces[namespaceOf(object)] : undefined;
  return (
    ("value" in facts.plan && isObject(facts.plan.value)) ||
    has("argocdWorkloads", () => true) ||
    has("priorityClasses", (found) => Object.hasOwn(plan.priorityClasses, nameOf(found))) ||
    has("quotas", (found) => namespaceOfPlan(found)?.quota.enabled === true) ||
    has("limitRanges", (found) => namespaceOfPlan(found)?.limitRange.enabled === true) ||
    has("networkPolicies", (found) => namespaceOfPlan(found)?.network === nameOf(found)) ||
    has("pools", (found) => nameOf(found) === plan.addresses.pool.name)
  );
}
