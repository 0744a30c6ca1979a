import type { Quota } from "../../accounting/accounting.ts";
import { isBounded, plannedHard } from "../../accounting/node.ts";
import { formatAmount, writeAmount } from "../../accounting/quantity.ts";
import { tightest } from "../../accounting/quota.ts";
import { defineRule, type Problem } from "../rule.ts";

const COMPUTE = /^(requests\.|limits\.)?(cpu|memory)$/;

const codes = {
  "quota-missing": "The plan wants a quota and none is rendered.",
  "quota-differs": "A quota's figure is not the budget's.",
  "quota-not-planned": "A quota stands where the plan has none.",
  "compute-not-planned": "A quota bounds CPU or memory where the plan has pods that set none.",
} as const;

/** The rendered quotas are the plan's budgets. */
export const quotaMatchesPlan = defineRule({
  id: "quota-matches-plan",
  group: "budget",
  severity: "error",
  needs: "plan",
  title: "Every ResourceQuota enforces exactly its namespace's budget",
  explanation: {
    protects:
      "The proof: all sums are made with the plan's budgets, and only a quota makes a namespace keep to one.",
    incident:
      "The template writes the CPU budget into the memory line; the figures on paper fit, the cluster admits three times as much.",
    fix: "Render spec.hard from global.namespaces.<name>.budget, one ResourceQuota without scopes per namespace.",
    source: "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
  },
  codes,
  *check({ plan, accounting }) {
    for (const { name, quotas } of accounting.namespaces.values()) {
      const wanted = plannedHard(plan, name);
      if (wanted === undefined) {
        for (const { manifest } of quotas) {
          yield {
            code: "quota-not-planned",
            manifest,
            path: "spec.hard",
            message: `the plan has no quota for namespace ${name}`,
            fix: `remove it, or add it to global.namespaces.${name}`,
          };
        }
        continue;
      }
      if (!quotas.some(({ scopes }) => scopes.length === 0)) {
        yield {
          code: "quota-missing",
          object: { apiVersion: "v1", kind: "ResourceQuota", namespace: name, name },
          path: `global.namespaces.${name}.quota`,
          message: `namespace ${name} has no ResourceQuota, so nothing keeps it to its budget`,
          fix: "render one, or set quota.enabled to false and declare its pods in global.dynamicPods",
        };
        continue;
      }
      if (!isBounded(plan, name)) yield* computeQuotas(name, quotas);
      for (const [resource, budgeted] of Object.entries(wanted)) {
        const found = tightest(quotas, resource);
        if (found?.amount === budgeted) continue;
        yield {
          code: "quota-differs",
          manifest: found?.quota.manifest ?? quotas[0]?.manifest,
          path: `spec.hard[${resource}]`,
          message:
            found === undefined
              ? `the quota of ${name} does not limit ${resource}, the budget is ${formatAmount(resource, budgeted)}`
              : `the quota of ${name} has ${resource} ${formatAmount(resource, found.amount)}, the budget is ${formatAmount(resource, budgeted)}`,
          actual: found && formatAmount(resource, found.amount),
          limit: formatAmount(resource, budgeted),
          fix: `set ${resource}: ${writeAmount(resource, budgeted)}`,
        };
      }
    }
  },
});

function* computeQuotas(name: string, quotas: readonly Quota[]): Generator<Problem<keyof typeof codes>> {
  for (const { manifest, hard } of quotas) {
    const compute = Object.keys(hard).filter((resource) => COMPUTE.test(resource));
    if (compute.length === 0) continue;
    yield {
      code: "compute-not-planned",
      manifest,
      path: "spec.hard",
      message: `the plan does not bound CPU and memory of ${name}: ${compute.join(", ")} would refuse pods that set none`,
      fix: "limit only pods and objects there, or set quota.compute to true",
    };
  }
}
