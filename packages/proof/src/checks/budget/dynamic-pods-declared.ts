import type { ChargeTotals } from "../../accounting/accounting.ts";
import { budgetOf, isBounded, isDormant, type NamespaceBudget } from "../../accounting/node.ts";
import { type Amount, countAmount, formatAmount } from "../../accounting/quantity.ts";
import { charged } from "../../accounting/quota.ts";
import { describeObject, referenceOf } from "../../manifest/kubernetes-object.ts";
import { podCreators } from "../../rbac/pod-creators.ts";
import { defineRule } from "../rule.ts";

/** Owners whose objects no rendering of the platform holds. */
const OUTSIDE = /\((K3s|bootstrap)\)$/;

/** What a budget bounds of pods where no quota does: the quota's name of it, its key, what people call it. */
const BUDGETED: readonly { resource: string; key: keyof NamespaceBudget; what: string }[] = [
  { resource: "limits.memory", key: "memory", what: "memory limits" },
  { resource: "limits.cpu", key: "cpuLimits", what: "CPU limits" },
  { resource: "requests.cpu", key: "cpuRequests", what: "CPU requests" },
  { resource: "pods", key: "pods", what: "pods" },
];

/** Pods that programs make at run time are in the plan. */
export const dynamicPodsDeclared = defineRule({
  id: "dynamic-pods-declared",
  group: "budget",
  severity: "error",
  needs: "plan",
  title: "Whoever may create pods at run time is declared, counted and in the budget",
  explanation: {
    protects: "The sums: pods that no template shows use the same memory.",
    incident:
      "An operator starts an agent, three sidecar Deployments and a backup Job; none is in any template, together they take the gigabyte that looked free.",
    fix: "Declare the creator in global.dynamicPods with owner, evidence and a formula over rendered values, or take the right to create pods from it.",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/",
  },
  codes: {
    "pod-creator-undeclared": "A workload may make pods, or more of them, and no entry names it as owner.",
    "namespace-undeclared": "A namespace without a quota on memory has no declared pods.",
    "owner-missing": "An entry's owner is not in the rendering.",
    "count-unresolved": "An entry's formula gives no number.",
    "exceeds-budget":
      "The pods of a namespace without a quota on memory take more memory, CPU or places than its budget.",
  },
  *check({ index, plan, workloads, accounting }) {
    const charges = [...accounting.namespaces.values()].flatMap(({ dynamicPods }) => dynamicPods);
    const owners = new Set(charges.map(({ entry }) => entry.owner));
    const rendered = new Set(index.all.map((manifest) => describeObject(referenceOf(manifest))));
    for (const { workload, binding, allowed } of podCreators(index, workloads)) {
      const owner = describeObject(referenceOf(workload.manifest));
      if (owners.has(owner)) continue;
      yield {
        code: "pod-creator-undeclared",
        manifest: workload.manifest,
        path: `${workload.podSpecPath}.serviceAccountName`,
        message: `${describeObject(referenceOf(binding))} lets it ${allowed.slice(0, 3).join(", ")}, but no enabled entry of global.dynamicPods names «${owner}» as owner`,
        fix: "declare its pods, or do not let it create any",
      };
    }
    for (const { name, entry, problem } of charges) {
      const path = `global.dynamicPods.${name}`;
      if (problem !== undefined) {
        yield {
          code: "count-unresolved",
          path: `${path}.count`,
          message: `the number of pods of ${entry.owner} cannot be computed: ${problem}`,
          fix: "name an object and a field of the rendering",
        };
      }
      if (OUTSIDE.test(entry.owner) || rendered.has(entry.owner)) continue;
      yield {
        code: "owner-missing",
        path: `${path}.owner`,
        message: `«${entry.owner}» is not in the rendering`,
        fix: "write it as «Kind namespace/name», end it with (K3s) or (bootstrap) if it comes from there, or remove the entry",
      };
    }
    for (const name of Object.keys(plan.namespaces)) {
      if (isBounded(plan, name) || isDormant(plan, name, accounting)) continue;
      const namespace = accounting.namespaces.get(name);
      const budget = budgetOf(plan, name);
      const path = `global.namespaces.${name}`;
      const object = { apiVersion: "v1", kind: "Namespace", name };
      if (!Object.values(plan.dynamicPods).some((entry) => entry.enabled && entry.namespace === name)) {
        yield {
          code: "namespace-undeclared",
          object,
          path,
          message: `namespace ${name} has no quota on memory and no enabled entry in global.dynamicPods, so nothing says what runs there`,
          fix: "declare its pods, or let a quota bound its memory",
        };
      }
      if (budget === undefined || namespace === undefined) continue;
      for (const { resource, key, what, actual, limit } of excesses(namespace.terminating, budget)) {
        const format = (amount: Amount): string => formatAmount(resource, amount);
        yield {
          code: "exceeds-budget",
          object,
          path: `${path}.budget.${key}`,
          message: `at the worst moment rendered and dynamic pods of ${name} take ${what} ${format(actual)}, the budget is ${format(limit)}`,
          actual: format(actual),
          limit: format(limit),
          fix: `raise the budget by ${format(actual - limit)}, or make the pods fewer or smaller`,
        };
      }
    }
  },
});

/** What the pods of one moment take beyond a budget that nothing enforces. */
function excesses(worst: ChargeTotals, budget: NamespaceBudget) {
  return BUDGETED.map((bound) => {
    const limit = budget[bound.key];
    return {
      ...bound,
      actual: charged(worst, bound.resource),
      limit: typeof limit === "number" ? countAmount(limit) : limit,
    };
  }).filter(({ actual, limit }) => actual > limit);
}
