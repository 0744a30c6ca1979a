import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import { ManifestIndex } from "../../manifest/manifest-index.ts";
import { declaredFlows } from "../../network/declared-flows.ts";
import { createNetwork, type FlowEnd, type Network } from "../../network/flow-ends.ts";
import { consumerFlows } from "../../network/needed-flows.ts";
import type { Direction } from "../../network/network-policy.ts";
import { apiServerFlows } from "../../network/platform-flows.ts";
import type { PodGroup } from "../../network/pod-group.ts";
import { type PodText, textsOf } from "../../network/pod-texts.ts";
import { refusedNumbers, refusingEnds } from "../../network/refusals.ts";
import { isLaterStep, type Positions } from "../../order/precedence.ts";
import { SYNC_WAVE } from "../../order/sync-wave.ts";
import type { WaitingPods } from "../../order/waiting-pods.ts";
import type { Plan } from "../../plan/plan.ts";
import type { CheckContext, Problem, Unchecked } from "../rule.ts";

export type LatePolicyCode = "policy-in-later-wave";

type Rendering = Pick<CheckContext, "index" | "workloads" | "plan">;

/** A connection that the policies refuse. */
interface Refusal {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly because: string;
}

/**
 * Calls of Jobs and init containers that all policies together permit, and those that are there by then do not.
 * Policies of other Applications are left out: those of lower layers are there, of higher ones not meant.
 */
export function* latePolicies(
  waiting: readonly WaitingPods[],
  { index, workloads, plan }: Rendering,
  positions: Positions,
): Generator<Problem<LatePolicyCode> | Unchecked> {
  const networks = new Map<string, Network>();
  const networkOf = (key: string, rendering: ManifestIndex, known: Plan): Network => {
    const network = networks.get(key) ?? createNetwork(rendering, workloads, known);
    networks.set(key, network);
    return network;
  };
  for (const pods of waiting) {
    const { manifest } = pods.workload;
    const position = positions.of(manifest);
    if (position === undefined) continue;
    const { application, task: own } = position;
    const later = new Set(
      application.tasks
        .filter((task) => isNetworkPolicy(task.manifest) && isLaterStep(task, own))
        .map((task) => task.manifest),
    );
    if (later.size === 0) continue;
    if (plan === undefined) {
      yield { unchecked: "Whether policies of a later wave hold up its calls: that needs a plan", manifest };
      continue;
    }
    const inTime = new ManifestIndex(index.all.filter((candidate) => !later.has(candidate)));
    const complete = networkOf("complete", index, plan);
    const partial = networkOf(`${application.name} ${own.phase} ${own.wave}`, inTime, plan);
    const texts = textsOf(pods.waiting, index);
    const refusedAnyway = new Set(refusals(pods, texts, complete, index, plan).map(keyOf));
    const refusal = refusals(pods, texts, partial, index, plan).find(
      (candidate) => !refusedAnyway.has(keyOf(candidate)),
    );
    if (refusal === undefined) continue;
    const { phase, wave } = own;
    const openers = [...later].filter((policy) => concerns(policy, refusal, complete));
    const names = openers.map((policy) => describeObject(referenceOf(policy))).join(" and ");
    const waves = openers.map((policy) => positions.of(policy)?.task.wave).join(" and ");
    yield {
      code: "policy-in-later-wave",
      manifest,
      path: `metadata.annotations["${SYNC_WAVE}"]`,
      message: `${describeObject(referenceOf(manifest))} in ${phase} wave ${wave} has to reach ${refusal.to.name} (${refusal.because}), which ${names} only permits in wave ${waves}: the sync waits for the first before it applies the other`,
      actual: wave,
      limit: waves,
      fix: `Give ${names} a wave up to ${wave}.`,
    };
  }
}

function isNetworkPolicy({ group, kind }: Manifest): boolean {
  return group === "networking.k8s.io" && kind === "NetworkPolicy";
}

/** What the waiting containers need and these policies refuse; of declared flows, those of whole pods. */
function refusals(
  { workload, init }: WaitingPods,
  texts: readonly PodText[],
  network: Network,
  index: ManifestIndex,
  plan: Plan,
): readonly Refusal[] {
  const own = network.groups.find(({ workloads }) => workloads.includes(workload));
  if (own === undefined) return [];
  const from: FlowEnd = { kind: "pods", name: own.name, pods: [own] };
  const isOwn = (end: FlowEnd): boolean => end.kind === "pods" && end.pods.includes(own);
  const called = consumerFlows(network).flows.filter((need) =>
    texts.some(({ manifest, path }) => manifest === need.manifest && path === need.path),
  );
  const api = init ? [] : apiServerFlows(network, index, plan.node.network.apiServerPort);
  const declared = init ? [] : declaredFlows(plan, network).flows;
  return [
    ...[...called, ...api]
      .filter((need) => isOwn(need.from) && refusingEnds({ ...need, from }, network.reachability).length > 0)
      .map(({ to, because }) => ({ from, to, because })),
    ...declared
      .filter(
        (flow) => isOwn(flow.from) && refusedNumbers({ ...flow, from }, network.reachability).length > 0,
      )
      .map(({ to, path }) => ({ from, to, because: `${path} declares it` })),
  ];
}

function keyOf({ to, because }: Refusal): string {
  return `${to.name} ${because}`;
}

/** Whether a policy has a rule by which one end permits the other. */
function concerns(policy: Manifest, { from, to }: Refusal, { reachability, groups }: Network): boolean {
  const known = (end: FlowEnd): readonly PodGroup[] => {
    const keys = end.kind === "pods" ? end.pods.map(groupKey) : [];
    return groups.filter((group) => keys.includes(groupKey(group)));
  };
  const permits = (direction: Direction, own: FlowEnd, other: FlowEnd): boolean =>
    known(own).some((pods) => {
      const rules =
        other.kind === "pods"
          ? known(other).flatMap((peer) => reachability.permission(direction, pods, peer).rules)
          : (reachability.rulesOf(direction, pods) ?? []);
      return rules.some((rule) => rule.policy.manifest === policy);
    });
  return permits("egress", from, to) || permits("ingress", to, from);
}

/** The two networks group the same pods, each in objects of its own. */
function groupKey({ name, namespace, labels }: PodGroup): string {
  return JSON.stringify([name, namespace, labels]);
}
