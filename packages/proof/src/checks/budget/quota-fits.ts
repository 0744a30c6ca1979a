import type { NamespaceCharge, Quota } from "../../accounting/accounting.ts";
import { biggestAt, type Moment, totalsOf } from "../../accounting/charge-totals.ts";
import { plannedHard } from "../../accounting/node.ts";
import type { Amount } from "../../accounting/quantity.ts";
import { formatAmount, writeAmount } from "../../accounting/quantity.ts";
import {
  charged,
  chargesUnder,
  isPodResource,
  missingResources,
  quotaMatches,
} from "../../accounting/quota.ts";
import { amountOf } from "../../accounting/resource-list.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";
import { limitRangeRefusals } from "./limit-range-refusals.ts";

const codes = {
  "steady-exceeds-quota": "What always runs does not fit the quota.",
  "jobs-exceed-quota": "It fits until the Jobs of the namespace run.",
  "rollout-exceeds-quota": "It fits until one workload rolls out.",
  "terminating-exceeds-quota": "It fits unless old pods of a rollout still terminate.",
  "objects-exceed-quota": "Claims, Services or other objects do not fit the quota.",
  "resource-not-specified":
    "The quota refuses a pod with a container that does not set what the quota limits.",
  "limit-range-refuses": "A LimitRange refuses the pod or the claim.",
  "jobs-unlimited": "Runs of a CronJob may overlap without end.",
} as const;

type Code = keyof typeof codes;

/** Objects that controllers make at run time; no rendering shows how many. */
const MADE_AT_RUN_TIME =
  /^count\/(pods|events.*|endpoints|endpointslices\..*|replicasets\.apps|controllerrevisions\.apps|jobs\.batch|leases\..*)$/;

/** Each quota holds its namespace, at every moment. */
export const quotaFits = defineRule({
  id: "quota-fits",
  group: "budget",
  severity: "error",
  title:
    "Every namespace fits its quota: steady, with Jobs, during the biggest rollout, while pods terminate",
  explanation: {
    protects: "Rollouts: a quota that is too small kills nothing, it refuses the next pod.",
    incident:
      "A Deployment with the default strategy starts its new pod before it stops the old one; the quota has no room for both, the ReplicaSet reports FailedCreate, and Argo CD shows Synced while the old version keeps running.",
    fix: "Raise the quota to the figure in the finding, make the workload smaller, or let it stop the old pod first (strategy Recreate, or podReplacementPolicy Failed of a Job).",
    source: "k8s.io/kubernetes v1.36.3 pkg/quota/v1/evaluator/core/pods.go",
  },
  codes,
  *check({ accounting, plan }) {
    for (const namespace of accounting.namespaces.values()) {
      yield* limitRangeRefusals(namespace);
      const quotas = quotasOf(namespace, plan);
      for (const quota of quotas) yield* checkQuota(namespace, quota);
      if (quotas.length === 0) continue;
      for (const { workload, unlimited } of namespace.workloads) {
        if (!unlimited) continue;
        yield {
          code: "jobs-unlimited",
          manifest: workload.manifest,
          path: "spec.concurrencyPolicy",
          message: "runs may overlap and none has a deadline, so the pods are without limit",
          fix: "set concurrencyPolicy: Forbid, or activeDeadlineSeconds in the Job template",
        };
      }
    }
  },
});

function quotasOf(namespace: NamespaceCharge, plan: Plan | undefined): readonly Quota[] {
  if (namespace.quotas.length > 0 || plan === undefined) return namespace.quotas;
  const hard = plannedHard(plan, namespace.name);
  return hard === undefined ? [] : [{ manifest: undefined, hard, scopes: [], unreadable: [] }];
}

function* checkQuota(namespace: NamespaceCharge, quota: Quota): Generator<Problem<Code> | Unchecked> {
  const where = locate(namespace.name, quota);
  for (const path of quota.unreadable) yield { unchecked: `${path} is no quantity`, ...where };
  for (const charge of namespace.workloads.filter((workload) => quotaMatches(quota, workload))) {
    for (const [resource, containers] of missingResources(quota.hard, charge)) {
      yield {
        code: "resource-not-specified",
        manifest: charge.workload.manifest,
        path: charge.workload.podSpecPath,
        message: `${where.name} limits ${resource}, so the pod is refused: ${containers.join(", ")} does not set it`,
        fix: `set ${resource} for ${containers.join(" and ")}, or give the namespace a LimitRange with a default`,
      };
    }
  }
  const charges = chargesUnder(quota, namespace.workloads, namespace.dynamicPods);
  const totals = quota.scopes.length === 0 ? namespace : totalsOf(charges);
  for (const [resource, hard] of Object.entries(quota.hard)) {
    const place = { manifest: where.manifest, object: where.object, path: where.pathOf(resource) };
    if (MADE_AT_RUN_TIME.test(resource)) {
      yield { unchecked: `${where.name} limits ${resource}, which controllers make at run time`, ...place };
      continue;
    }
    if (!isPodResource(resource)) {
      const used = amountOf(namespace.objects, resource) ?? 0n;
      if (used > hard)
        yield {
          code: "objects-exceed-quota",
          ...place,
          ...figures(resource, used, hard, used, `${where.name}: the rendered objects take`),
        };
      continue;
    }
    const amount = (moment: Parameters<typeof charged>[0]): Amount => charged(moment, resource);
    const always = amount(totals.steady);
    const withJobs = always + amount(totals.jobs);
    // Old pods that terminate at once are the other case, so this is the greatest of the four.
    const least = amount(totals.terminating);
    const maker = (moment: Moment): string => biggestAt(charges, moment, amount)?.subject ?? "no workload";
    const found = (code: Code, used: Amount, what: string): Problem<Code> => ({
      code,
      ...place,
      ...figures(resource, used, hard, least, `${where.name}: ${what}`),
    });
    if (always > hard) yield found("steady-exceeds-quota", always, "its workloads need");
    else if (withJobs > hard) {
      const largest = `with all Jobs, the largest of them ${maker("jobs")}, its workloads need`;
      yield found("jobs-exceed-quota", withJobs, largest);
    } else if (amount(totals.peak) > hard) {
      yield found(
        "rollout-exceeds-quota",
        amount(totals.peak),
        `during the rollout of ${maker("rollout")} its workloads need`,
      );
    } else if (amount(totals.terminating) > hard) {
      yield found(
        "terminating-exceeds-quota",
        amount(totals.terminating),
        `while old pods of ${maker("terminating")} terminate its workloads need`,
      );
    }
  }
}

function figures(
  resource: string,
  used: Amount,
  hard: Amount,
  least: Amount,
  what: string,
): Pick<Problem<Code>, "message" | "actual" | "limit" | "fix"> {
  return {
    message: `${what} ${resource} ${formatAmount(resource, used)}, ${formatAmount(resource, used - hard)} more than ${formatAmount(resource, hard)}`,
    actual: formatAmount(resource, used),
    limit: formatAmount(resource, hard),
    fix: `the smallest quota that suffices is ${resource}: ${writeAmount(resource, least)}`,
  };
}

function locate(
  namespace: string,
  { manifest }: Quota,
): Pick<Problem, "manifest" | "object"> & { name: string; pathOf: (resource: string) => string } {
  if (manifest !== undefined) {
    return {
      manifest,
      name: `ResourceQuota ${namespace}/${manifest.name}`,
      pathOf: (resource) => `spec.hard[${resource}]`,
    };
  }
  return {
    object: { apiVersion: "v1", kind: "Namespace", name: namespace },
    name: `the budget of namespace ${namespace}`,
    pathOf: () => `global.namespaces.${namespace}.budget`,
  };
}
