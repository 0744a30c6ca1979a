import { plannedHard } from "../accounting/node.ts";
import { formatAmount, parseQuantity } from "../accounting/quantity.ts";
import { at } from "../manifest/values.ts";
import { itemsOf, nameOf, namespaceOf } from "./cluster-facts.ts";
import type { Examination, Symptom } from "./examination.ts";
import { SYNC_FOUNDATION } from "./remedies.ts";

/** From here on the next rollout may be refused. */
const ALMOST_FULL_PERCENT = 90n;

export const runningQuotas: Examination = {
  id: "quotas",
  title: "Every namespace has the quota of the plan, and room in it",
  needs: ["quotas"],
  *examine(plan, { quotas: list }) {
    const quotas = itemsOf(list);
    for (const namespace of Object.keys(plan.namespaces)) {
      const hard = plannedHard(plan, namespace);
      if (hard === undefined) continue;
      const own = quotas.filter((quota) => namespaceOf(quota) === namespace);
      const unbounded: string[] = [];
      for (const [resource, planned] of Object.entries(hard)) {
        const bounding = own.filter((quota) => at(quota, "spec", "hard", resource) !== undefined);
        if (bounding.length === 0) unbounded.push(resource);
        for (const quota of bounding) yield* compare(quota, resource, planned);
      }
      if (unbounded.length > 0) yield missing(namespace, unbounded);
    }
  },
};

function missing(namespace: string, resources: readonly string[]): Symptom {
  return {
    severity: "error",
    object: `Namespace ${namespace}`,
    message: `no quota bounds its ${resources.join(", ")}: it can take what the plan gives to others`,
    fix: SYNC_FOUNDATION,
  };
}

function* compare(quota: unknown, resource: string, planned: bigint): Generator<Symptom> {
  const hard = parseQuantity(at(quota, "spec", "hard", resource)) ?? 0n;
  const used = parseQuantity(at(quota, "status", "used", resource)) ?? 0n;
  const object = `ResourceQuota ${namespaceOf(quota)}/${nameOf(quota)}`;
  if (hard !== planned) {
    yield {
      severity: "error",
      object,
      message: `${resource} is ${formatAmount(resource, hard)}; the plan says ${formatAmount(resource, planned)}`,
      actual: formatAmount(resource, hard),
      limit: formatAmount(resource, planned),
      fix: `${SYNC_FOUNDATION}; a quota changed by hand comes back with it`,
    };
  } else if (used > hard) {
    yield {
      severity: "error",
      object,
      message: `${formatAmount(resource, used)} of ${formatAmount(resource, hard)} ${resource} are used: more than it admits`,
      actual: formatAmount(resource, used),
      limit: formatAmount(resource, hard),
      fix: "the quota was lowered under running pods: no pod can be replaced until it is raised again",
    };
  } else if (
    resource.endsWith("memory") &&
    hard > 0n &&
    used * 100n >= hard * ALMOST_FULL_PERCENT &&
    isUnplanned(resource)
  ) {
    yield {
      severity: "warning",
      object,
      message: `${formatAmount(resource, used)} of ${formatAmount(resource, hard)} ${resource} are used`,
      actual: formatAmount(resource, used),
      limit: formatAmount(resource, hard),
      fix: "`corepack pnpm platform budget` shows what a rollout still needs",
    };
  }
}

/** Limits are planned to the last mebibyte; requests that come near them are not. */
function isUnplanned(resource: string): boolean {
  return resource.startsWith("requests.");
}
