import type { WorkloadCharge } from "../../accounting/accounting.ts";
import { nodeLedger } from "../../accounting/node.ts";
import type { AdmittedContainer } from "../../accounting/pod-resources.ts";
import { oomScoreAdjust, qualityOfService } from "../../accounting/quality-of-service.ts";
import { type Amount, formatMemory, type ResourceList, writeAmount } from "../../accounting/quantity.ts";
import { amountOf } from "../../accounting/resource-list.ts";
import { defineRule, type Problem } from "../rule.ts";
import { CLASS_ORDER_CODES, classOrder } from "./class-order.ts";
import { classNameOf, type PriorityClasses, priorityClasses } from "./priority-classes.ts";

const codes = {
  "killed-before-less-important": "The kernel kills it first although something less important is spared.",
  "request-says-nothing":
    "It requests so little of its limit that in ordinary use the kernel kills it before something less important.",
  "evicted-before-less-important": "The kubelet evicts it first although something less important could go.",
  ...CLASS_ORDER_CODES,
} as const;

type Code = keyof typeof codes;

/**
 * The greatest score of a burstable container: the kubelet gives it to whoever requests less than a
 * thousandth of the node's memory, one below those that request nothing.
 */
const AS_GOOD_AS_NOTHING = 999;

/**
 * The least share of its limit that a container must request. Above it, use beyond the request is a burst (a
 * cache fills, a checkpoint runs); below it, the container is beyond its request all the time, and the request
 * neither earns points nor keeps the kubelet from evicting it first.
 */
const LEAST_SHARE = 8n;

/** Points that decide nothing: half a percent of the node's memory, less than what the kernel itself varies. */
const MARGIN = 5;

/** What a burstable container has that uses exactly what it requests. */
const FULL = 1000;

/** A pod that lasts, with what decides its turn. */
interface Ranked {
  readonly charge: WorkloadCharge;
  readonly priority: number;
  readonly guaranteed: boolean;
  readonly memoryRequest: Amount;
  /** Its containers that run on, with the kubelet's score. */
  readonly scored: readonly ScoredContainer[];
}

interface ScoredContainer {
  readonly container: AdmittedContainer;
  readonly score: number;
  readonly request: Amount;
  readonly limit: Amount | undefined;
}

/** Somebody less important who keeps to its request, with the kernel's points for that. */
interface Survivor {
  readonly subject: string;
  readonly priority: number;
  readonly points: number;
}

/** Nothing dies before something less important. */
export const evictionOrder = defineRule({
  id: "eviction-order",
  group: "priority",
  severity: "error",
  needs: "plan",
  title: "Nothing dies before something less important",
  explanation: {
    protects:
      "The foundations, when memory runs out. The kubelet evicts pods above their request first and only then by class; the kernel knows no class, only oom_score_adj: −997 for Guaranteed pods, 1000 for pods without requests, and for the others less the more of the node's memory they request, 999 below a thousandth of it. So a class protects only a pod that requests what it uses: the kernel adds the use to the score, so whoever keeps to its request has 1000 points at most, and whoever uses more has more. A container must therefore request at least an eighth of its limit; less says nothing about its use. Differences of less than 5 points, half a percent of the node's memory, are left alone.",
    incident:
      "The address controller requests 16Mi of a 40 GB node and scores 999; a notebook with equal requests and limits scores −997. The kernel runs out of memory and takes the addresses of the whole platform away, the notebook lives.",
    fix: "Request at least a thousandth of the node's memory and an eighth of the limit for the more important pod (better: what it uses), or do not make the less important pod Guaranteed. Give each class its own value, the default the lowest, and what others depend on at least theirs.",
    source:
      "k8s.io/kubernetes v1.36.3 pkg/kubelet/qos/policy.go and pkg/kubelet/eviction/helpers.go (rankMemoryPressure)",
  },
  codes,
  *check({ index, plan, accounting }): Generator<Problem<Code>> {
    const classes = priorityClasses(index);
    yield* classOrder(classes, plan);
    const { capacity } = nodeLedger(plan).memory;
    const ranked = accounting.workloads
      .filter(({ pods, transient }) => pods.steady > 0 && !transient)
      .map((charge) => rank(charge, classes, capacity));
    const spared = least(ranked.filter(({ guaranteed }) => guaranteed));
    const requesting = least(ranked.filter(({ memoryRequest }) => memoryRequest > 0n));
    const survivors = survivorsByPriority(ranked, classes, capacity);
    for (const pod of ranked) {
      if (pod.memoryRequest === 0n) yield* evictedFirst(pod, requesting);
      else if (!pod.guaranteed) {
        const killed = [...killedFirst(pod, spared, capacity)];
        yield* killed.length > 0 ? killed : requestsTooLittle(pod, survivors, capacity);
      }
    }
  },
});

function* evictedFirst(
  { charge, priority }: Ranked,
  requesting: Ranked | undefined,
): Generator<Problem<Code>> {
  if (requesting === undefined || requesting.priority >= priority) return;
  yield {
    code: "evicted-before-less-important",
    manifest: charge.workload.manifest,
    path: charge.workload.podSpecPath,
    message: `its pods (priority ${priority}) request no memory, so they are always above their request and evicted before ${requesting.charge.subject} (priority ${requesting.priority}) while that keeps to its own`,
    actual: "0 B",
    fix: "request the memory that it uses",
  };
}

function* killedFirst(
  { charge, priority, scored }: Ranked,
  spared: Ranked | undefined,
  capacity: Amount,
): Generator<Problem<Code>> {
  if (spared === undefined || spared.priority >= priority) return;
  const weakest = scored.find(({ score }) => score >= AS_GOOD_AS_NOTHING);
  if (weakest === undefined) return;
  const { container, score, request } = weakest;
  const enough = roundToMebi(capacity / 1000n);
  yield {
    code: "killed-before-less-important",
    manifest: charge.workload.manifest,
    path: `${charge.workload.podSpecPath}.${container.path}.resources.requests.memory`,
    message: `container ${container.name} (priority ${priority}) requests ${formatMemory(request)} and gets oom_score_adj ${score}; ${spared.charge.subject} (priority ${spared.priority}) is Guaranteed, gets −997 and outlives it`,
    actual: formatMemory(request),
    limit: formatMemory(enough),
    fix: `request at least ${writeAmount("memory", enough)}, a thousandth of the node's memory, or give ${spared.charge.subject} a request below its limit`,
  };
}

function* requestsTooLittle(
  { charge, priority, scored }: Ranked,
  survivors: readonly Survivor[],
  capacity: Amount,
): Generator<Problem<Code>> {
  const survivor = survivors
    .filter((other) => other.priority < priority)
    .reduce<Survivor | undefined>(
      (found, other) => (found === undefined || other.points < found.points ? other : found),
      undefined,
    );
  if (survivor === undefined) return;
  const { manifest, podSpecPath } = charge.workload;
  for (const { container, score, request, limit } of scored) {
    if (limit === undefined || request * LEAST_SHARE >= limit) continue;
    const points = score + share(limit, capacity);
    if (points < survivor.points + MARGIN) continue;
    const enough = roundToMebi(limit / LEAST_SHARE);
    yield {
      code: "request-says-nothing",
      manifest,
      path: `${podSpecPath}.${container.path}.resources.requests.memory`,
      message: `container ${container.name} (priority ${priority}) requests ${formatMemory(request)} of its limit of ${formatMemory(limit)}: oom_score_adj ${score}, ${points} points when it uses the limit; ${survivor.subject} (priority ${survivor.priority}) has ${survivor.points} while it keeps to its request, and outlives it`,
      actual: formatMemory(request),
      limit: formatMemory(enough),
      fix: `request at least ${writeAmount("memory", enough)}, an eighth of the limit; better what it uses`,
    };
  }
}

function rank(charge: WorkloadCharge, { values, defaults }: PriorityClasses, capacity: Amount): Ranked {
  const { workload, admitted } = charge;
  const name = classNameOf(workload) ?? defaults[0]?.name;
  // A pod-level value stands for containers that have none of their own.
  const memoryOf = (own: ResourceList, podLevel: ResourceList | undefined): Amount | undefined =>
    amountOf(own, "memory") ?? (podLevel && amountOf(podLevel, "memory"));
  return {
    charge,
    priority: (name === undefined ? undefined : values.get(name)) ?? 0,
    guaranteed: qualityOfService(admitted) === "Guaranteed",
    memoryRequest: amountOf(charge.pod.requests, "memory") ?? 0n,
    scored: admitted.containers
      .filter(({ init, sidecar }) => !init || sidecar)
      .map((container) => ({
        container,
        score: oomScoreAdjust(admitted, container, classNameOf(workload), capacity),
        request: memoryOf(container.requests, admitted.podLevel?.requests) ?? 0n,
        limit: memoryOf(container.limits, admitted.podLevel?.limits),
      })),
  };
}

/**
 * For each priority whoever has the fewest points while it uses what it requests, and for each class without
 * a pod in the rendering one that is still to come: it requests what it uses, so it has 1000.
 */
function survivorsByPriority(
  ranked: readonly Ranked[],
  { manifests, values }: PriorityClasses,
  capacity: Amount,
): readonly Survivor[] {
  const found = new Map<number, Survivor>();
  for (const { charge, priority, memoryRequest, scored } of ranked) {
    if (memoryRequest === 0n) continue;
    const points = Math.max(...scored.map(({ score, request }) => score + share(request, capacity)));
    const known = found.get(priority);
    if (known === undefined || points < known.points)
      found.set(priority, { subject: charge.subject, priority, points });
  }
  for (const { name } of manifests) {
    const priority = values.get(name);
    if (priority === undefined || found.has(priority)) continue;
    found.set(priority, { subject: `a pod of class ${name}`, priority, points: FULL });
  }
  return [...found.values()];
}

/** Memory in the kernel's points: thousandths of the node's. */
function share(amount: Amount, capacity: Amount): number {
  return capacity === 0n ? 0 : Number((amount * 1000n) / capacity);
}

function least(pods: readonly Ranked[]): Ranked | undefined {
  return pods.reduce<Ranked | undefined>(
    (found, pod) => (found === undefined || pod.priority < found.priority ? pod : found),
    undefined,
  );
}

/** Up to a whole Mi: what one writes into a manifest. */
function roundToMebi(amount: Amount): Amount {
  const mebi = 1024n * 1024n * 1000n;
  return ((amount + mebi - 1n) / mebi) * mebi;
}
