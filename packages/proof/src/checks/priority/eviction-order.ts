import type { WorkloadCharge } from "../../accounting/accounting.ts";
import { nodeLedger } from "../../accounting/node.ts";
import { oomScoreAdjust, qualityOfService } from "../../accounting/quality-of-service.ts";
import { type Amount, formatMemory, writeAmount } from "../../accounting/quantity.ts";
import { amountOf } from "../../accounting/resource-list.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";
import { classNameOf, type PriorityClasses, priorityClasses } from "./priority-classes.ts";

const codes = {
  "killed-before-less-important": "The kernel kills it first although something less important is spared.",
  "evicted-before-less-important": "The kubelet evicts it first although something less important could go.",
  "dependency-less-important": "A component outranks what it stands on.",
  "classes-tie": "Two classes have the same value.",
  "default-outranks": "Pods that name no class outrank a layer.",
} as const;

type Code = keyof typeof codes;

/**
 * The greatest score of a burstable container: the kubelet gives it to whoever requests less than a
 * thousandth of the node's memory, one below those that request nothing.
 */
const AS_GOOD_AS_NOTHING = 999;

/** A pod that lasts, with what decides its turn. */
interface Ranked {
  readonly charge: WorkloadCharge;
  readonly priority: number;
  readonly guaranteed: boolean;
  readonly memoryRequest: Amount;
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
      "The foundations, when memory runs out. The kubelet evicts pods above their request first and only then by class; the kernel knows no class, only oom_score_adj: −997 for Guaranteed pods, 1000 for pods without requests, and for the others less the more of the node's memory they request, 999 below a thousandth of it. So a class protects only a pod that requests what it uses.",
    incident:
      "The address controller requests 16Mi of a 40 GB node and scores 999; a notebook with equal requests and limits scores −997. The kernel runs out of memory and takes the addresses of the whole platform away, the notebook lives.",
    fix: "Request at least a thousandth of the node's memory for the more important pod (better: what it uses), or do not make the less important pod Guaranteed. Give each class its own value, the default the lowest, and what others depend on at least theirs.",
    source:
      "k8s.io/kubernetes v1.36.3 pkg/kubelet/qos/policy.go and pkg/kubelet/eviction/helpers.go (rankMemoryPressure)",
  },
  codes,
  *check({ index, plan, accounting }) {
    const classes = priorityClasses(index);
    yield* compareClasses(classes, plan);
    yield* compareDependencies(classes, plan);
    const { capacity } = nodeLedger(plan).memory;
    const ranked = accounting.workloads
      .filter(({ pods, transient }) => pods.steady > 0 && !transient)
      .map((charge) => rank(charge, classes));
    const spared = least(ranked.filter(({ guaranteed }) => guaranteed));
    const requesting = least(ranked.filter(({ memoryRequest }) => memoryRequest > 0n));
    for (const pod of ranked) {
      const { workload, admitted } = pod.charge;
      const { manifest, podSpecPath } = workload;
      if (pod.memoryRequest === 0n) {
        if (requesting === undefined || requesting.priority >= pod.priority) continue;
        yield {
          code: "evicted-before-less-important",
          manifest,
          path: podSpecPath,
          message: `its pods (priority ${pod.priority}) request no memory, so they are always above their request and evicted before ${requesting.charge.subject} (priority ${requesting.priority}) while that keeps to its own`,
          actual: "0 B",
          fix: "request the memory that it uses",
        };
        continue;
      }
      if (spared === undefined || spared.priority >= pod.priority || pod.guaranteed) continue;
      const weakest = admitted.containers
        .filter(({ init, sidecar }) => !init || sidecar)
        .map((container) => ({
          container,
          score: oomScoreAdjust(admitted, container, classNameOf(workload), capacity),
        }))
        .find(({ score }) => score >= AS_GOOD_AS_NOTHING);
      if (weakest === undefined) continue;
      const request = amountOf(weakest.container.requests, "memory") ?? 0n;
      const enough = capacity / 1000n;
      yield {
        code: "killed-before-less-important",
        manifest,
        path: `${podSpecPath}.${weakest.container.path}.resources.requests.memory`,
        message: `container ${weakest.container.name} (priority ${pod.priority}) requests ${formatMemory(request)} and gets oom_score_adj ${weakest.score}; ${spared.charge.subject} (priority ${spared.priority}) is Guaranteed, gets −997 and outlives it`,
        actual: formatMemory(request),
        limit: formatMemory(roundToMebi(enough)),
        fix: `request at least ${writeAmount("memory", roundToMebi(enough))}, a thousandth of the node's memory, or give ${spared.charge.subject} a request below its limit`,
      };
    }
  },
});

function* compareClasses(
  { manifests, values, defaults }: PriorityClasses,
  plan: Plan,
): Generator<Problem<Code>> {
  const byValue = new Map<number, string>();
  for (const manifest of manifests) {
    const value = values.get(manifest.name);
    if (value === undefined) continue;
    const other = byValue.get(value);
    byValue.set(value, manifest.name);
    if (other === undefined || other === manifest.name) continue;
    yield {
      code: "classes-tie",
      manifest,
      path: "value",
      message: `${manifest.name} and ${other} both have the value ${value}: which of their pods gives way is chance`,
      actual: value,
      fix: "give each class its own value",
    };
  }
  for (const manifest of defaults) {
    const value = values.get(manifest.name) ?? 0;
    for (const [layer, { priorityClass }] of Object.entries(plan.layers)) {
      const own = values.get(priorityClass);
      if (own === undefined || own >= value || priorityClass === manifest.name) continue;
      yield {
        code: "default-outranks",
        manifest,
        path: "value",
        message: `pods that name no class get ${value}, more than the ${own} of layer ${layer}`,
        actual: value,
        limit: own,
        fix: `give the default class a value below ${own}`,
      };
    }
  }
}

function* compareDependencies({ values }: PriorityClasses, plan: Plan): Generator<Problem<Code>> {
  const priorityOf = (component: string): number | undefined => {
    const layer = plan.layers[plan.components[component]?.layer ?? ""];
    return layer && values.get(layer.priorityClass);
  };
  for (const [name, { enabled, dependsOn }] of Object.entries(plan.components)) {
    const own = priorityOf(name);
    if (!enabled || own === undefined) continue;
    for (const dependency of dependsOn) {
      const other = priorityOf(dependency);
      if (other === undefined || other >= own) continue;
      yield {
        code: "dependency-less-important",
        path: `global.components.${name}.dependsOn`,
        message: `${name} (priority ${own}) stands on ${dependency} (priority ${other}), which gives way first`,
        actual: other,
        limit: own,
        fix: `give the layer of ${dependency} a class of at least ${own}`,
      };
    }
  }
}

function rank(charge: WorkloadCharge, { values, defaults }: PriorityClasses): Ranked {
  const name = classNameOf(charge.workload) ?? defaults[0]?.name;
  return {
    charge,
    priority: (name === undefined ? undefined : values.get(name)) ?? 0,
    guaranteed: qualityOfService(charge.admitted) === "Guaranteed",
    memoryRequest: amountOf(charge.pod.requests, "memory") ?? 0n,
  };
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
