import type { Charge, ChargeTotals } from "./accounting.ts";
import type { Amount, ResourceList } from "./quantity.ts";
import { addResources, amountOf, maxResources, NO_RESOURCES, scaleResources } from "./resource-list.ts";

/** The moments at which a namespace is held against its quota. */
export interface Totals {
  readonly steady: ChargeTotals;
  readonly jobs: ChargeTotals;
  readonly peak: ChargeTotals;
  readonly terminating: ChargeTotals;
}

/** One of the moments of {@link Totals} at which workloads add to the steady state. */
export type Moment = "jobs" | "rollout" | "terminating";

const NONE: ChargeTotals = { requests: NO_RESOURCES, limits: NO_RESOURCES, pods: 0 };

/**
 * Sums charges. The biggest rollout is taken for each resource by itself: one workload may make the peak of
 * memory and another that of CPU.
 */
export function totalsOf(charges: readonly Charge[]): Totals {
  const steady = sum(
    charges.filter(({ transient }) => !transient).map((charge) => times(charge, charge.pods.steady)),
  );
  const jobs = sum(
    charges.filter(({ transient }) => transient).map((charge) => times(charge, charge.pods.steady)),
  );
  const always = sum([steady, jobs]);
  const biggest = (moment: Moment): ChargeTotals =>
    charges.map((charge) => times(charge, extraPods(charge, moment))).reduce(greater, NONE);
  return {
    steady,
    jobs,
    peak: sum([always, biggest("rollout")]),
    terminating: sum([always, biggest("terminating")]),
  };
}

/** The charge that adds most of a resource at a moment; undefined when none adds any. */
export function biggestAt<T extends Charge>(
  charges: readonly T[],
  moment: Moment,
  amount: (totals: ChargeTotals) => Amount,
): T | undefined {
  let found: T | undefined;
  let most = 0n;
  for (const charge of charges) {
    const extra = amount(times(charge, extraPods(charge, moment)));
    if (extra > most) [found, most] = [charge, extra];
  }
  return found;
}

/** Pods beyond the steady state (or, for Jobs in a rollout, beyond their ordinary run) at a moment. */
function extraPods({ pods, transient }: Charge, moment: Moment): number {
  if (moment === "jobs") return transient ? pods.steady : 0;
  return Math.max(0, pods[moment] - pods.steady);
}

export function limitOf(totals: ChargeTotals, resource: string): Amount {
  return amountOf(totals.limits, resource) ?? 0n;
}

export function requestOf(totals: ChargeTotals, resource: string): Amount {
  return amountOf(totals.requests, resource) ?? 0n;
}

function times({ pod }: Charge, count: number): ChargeTotals {
  if (count === 0) return NONE;
  if (count === 1) return { requests: pod.requests, limits: pod.limits, pods: 1 };
  return {
    requests: scaleResources(pod.requests, count),
    limits: scaleResources(pod.limits, count),
    pods: count,
  };
}

function sum(parts: readonly ChargeTotals[]): ChargeTotals {
  return combine(parts, addResources, (a, b) => a + b);
}

function greater(a: ChargeTotals, b: ChargeTotals): ChargeTotals {
  return combine([a, b], maxResources, Math.max);
}

function combine(
  parts: readonly ChargeTotals[],
  lists: (...lists: readonly ResourceList[]) => ResourceList,
  counts: (a: number, b: number) => number,
): ChargeTotals {
  return {
    requests: lists(...parts.map(({ requests }) => requests)),
    limits: lists(...parts.map(({ limits }) => limits)),
    pods: parts.reduce((total, { pods }) => counts(total, pods), 0),
  };
}
