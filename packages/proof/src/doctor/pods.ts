import { budgetOf, isBounded, planned } from "../accounting/node.ts";
import { type Amount, formatMemory, parseQuantity } from "../accounting/quantity.ts";
import { at, type JsonObject, objectsIn, stringAt } from "../manifest/values.ts";
import type { DynamicPod, Plan } from "../plan/plan.ts";
import { itemsOf, nameOf, namespaceOf } from "./cluster-facts.ts";
import type { Examination } from "./examination.ts";

const ENDED = ["Succeeded", "Failed"];

export const podsWithoutLimits: Examination = {
  id: "pods-without-limits",
  title: "Every pod has a memory limit, or the plan says that it cannot have one",
  needs: ["pods"],
  *examine(plan, { pods }) {
    const known = new Set(Object.keys(plan.namespaces));
    for (const pod of running(pods)) {
      const namespace = namespaceOf(pod);
      const object = `Pod ${namespace}/${nameOf(pod)}`;
      if (!known.has(namespace)) {
        yield {
          severity: "error",
          object,
          message: `the plan does not know the namespace ${namespace}: nothing bounds what it takes`,
          fix: "move it to a namespace of the plan, or add the namespace with its budget and prove again",
        };
        continue;
      }
      const unlimited = containersOf(pod).filter(
        (container) => at(container, "resources", "limits", "memory") === undefined,
      );
      const declared = entryOf(plan, pod);
      if (unlimited.length === 0 || declared?.[1].bounded === false) continue;
      yield {
        severity: "error",
        object,
        message: `${unlimited.map((container) => stringAt(container, "name")).join(", ")} may take any amount of memory`,
        fix: "set a limit, or declare it in global.dynamicPods with bounded: false and what is set aside for it",
      };
    }
  },
};

export const declaredPods: Examination = {
  id: "declared-pods",
  title: "Pods that nothing bounds stay within what the plan sets aside",
  needs: ["pods", "podMetrics"],
  *examine(plan, { pods, podMetrics }) {
    const usage = new Map(
      itemsOf(podMetrics).map((metrics) => [
        `${namespaceOf(metrics)}/${nameOf(metrics)}`,
        sum(
          objectsIn(metrics.containers).map(
            (container) => parseQuantity(at(container, "usage", "memory")) ?? 0n,
          ),
        ),
      ]),
    );
    const unbounded = new Map<string, { entry: DynamicPod; used: Amount; pods: number }>();
    const perNamespace = new Map<string, Amount>();
    for (const pod of running(pods)) {
      const namespace = namespaceOf(pod);
      const used = usage.get(`${namespace}/${nameOf(pod)}`) ?? 0n;
      perNamespace.set(namespace, (perNamespace.get(namespace) ?? 0n) + used);
      const [name, entry] = entryOf(plan, pod) ?? [];
      if (name === undefined || entry === undefined || entry.bounded) continue;
      const before = unbounded.get(name);
      unbounded.set(name, { entry, used: (before?.used ?? 0n) + used, pods: (before?.pods ?? 0) + 1 });
    }
    for (const [name, { entry, used, pods: count }] of unbounded) {
      const aside = planned(entry.limits.memory) * BigInt(Math.max(1, entry.count.value));
      if (used <= aside) continue;
      yield {
        severity: "error",
        object: `${count} pods of global.dynamicPods.${name}`,
        message: `they use ${formatMemory(used)}; the plan sets ${formatMemory(aside)} aside, and nothing stops them`,
        actual: formatMemory(used),
        limit: formatMemory(aside),
        fix: `raise global.dynamicPods.${name}.limits.memory, take it from elsewhere, and prove again`,
      };
    }
    for (const [namespace, used] of perNamespace) {
      const budget = budgetOf(plan, namespace);
      if (budget === undefined || isBounded(plan, namespace) || used <= budget.memory) continue;
      yield {
        severity: "error",
        object: `Namespace ${namespace}`,
        message: `its pods use ${formatMemory(used)}; its budget is ${formatMemory(budget.memory)}, and no quota bounds it`,
        actual: formatMemory(used),
        limit: formatMemory(budget.memory),
        fix: `raise global.namespaces.${namespace}.budget.memory, take it from elsewhere, and prove again`,
      };
    }
  },
};

function running(pods: unknown): readonly JsonObject[] {
  return itemsOf(pods).filter((pod) => !ENDED.includes(stringAt(pod, "status", "phase") ?? ""));
}

function containersOf(pod: unknown): readonly JsonObject[] {
  return objectsIn(at(pod, "spec", "containers"));
}

/**
 * The declaration of a pod: by the name of its owner (`Deployment kube-system/coredns (K3s)`), or by the entry's own,
 * with or without its component before it (`longhorn-instance-manager`).
 */
function entryOf(plan: Plan, pod: unknown): readonly [string, DynamicPod] | undefined {
  const name = nameOf(pod);
  return Object.entries(plan.dynamicPods).find(([key, { enabled, namespace, owner, component }]) => {
    if (!enabled || namespace !== namespaceOf(pod)) return false;
    const own = component === "" ? key : key.replace(`${component}-`, "");
    const ownerName = /\/([^/ ]+)/.exec(owner)?.[1] ?? key;
    const names = component === "" ? [key, ownerName] : [key, own];
    return names.some((prefix) => name === prefix || name.startsWith(`${prefix}-`));
  });
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
