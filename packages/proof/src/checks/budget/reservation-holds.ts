import { demandsOn, isBounded, isDormant, nodeLedger, planned } from "../../accounting/node.ts";
import { formatMemory } from "../../accounting/quantity.ts";
import { boundsMemory } from "../../accounting/quota.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule } from "../rule.ts";

/** Memory that is promised to a layer which is not there yet stays free for it. */
export const reservationHolds = defineRule({
  id: "reservation-holds",
  group: "budget",
  severity: "error",
  needs: "plan",
  title: "A reserved layer keeps its namespace and quota, and nothing else can take its memory",
  explanation: {
    protects:
      "Layers that come later: their memory is held by arithmetic, not by a placeholder that wastes it.",
    incident:
      "While Kubeflow is switched off, a namespace without quota grows into the free memory; on the day it is switched on, its pods stay Pending.",
    fix: "Render namespace and quota of every layer from day 0, and give every other namespace a quota or declare its pods in global.dynamicPods. A reserved namespace whose pods cannot have a quota needs its entries in dynamicPods already; one that will never be used, a budget of 0.",
    source: "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
  },
  codes: {
    "reservation-without-namespace": "The namespace of a reserved layer is not rendered.",
    "reservation-without-quota":
      "The namespace of a reserved layer has neither a quota on memory limits nor declared pods.",
    "namespace-unbounded": "Nothing bounds the memory of a namespace.",
    "reservation-overcommitted": "The other namespaces may take memory that is reserved.",
  },
  *check({ index, plan, accounting }) {
    const reserved = reservedLayers(plan);
    // Entries count once their component is enabled; before that they still say what will come.
    const declared = new Set(Object.values(plan.dynamicPods).map(({ namespace }) => namespace));
    const rendered = new Set(index.filter({ group: "", kind: "Namespace" }).map(({ name }) => name));
    for (const [name, namespace] of Object.entries(plan.namespaces)) {
      const object = { apiVersion: "v1", kind: "Namespace", name };
      const quotas = accounting.namespaces.get(name)?.quotas ?? [];
      const isReserved = reserved.has(namespace.layer);
      if (isReserved && namespace.create && !rendered.has(name)) {
        yield {
          code: "reservation-without-namespace",
          object,
          path: `global.namespaces.${name}`,
          message: `layer ${namespace.layer} has no enabled component, and its namespace ${name} is not rendered, so its quota cannot exist`,
          fix: "render the namespace whether or not the layer's components are enabled",
        };
      }
      if (quotas.some(boundsMemory)) continue;
      const promised = planned(namespace.budget.memory);
      const holdsNothing = promised === 0n || declared.has(name);
      if (!isBounded(plan, name) && (!isReserved || holdsNothing)) continue;
      yield {
        code: isReserved ? "reservation-without-quota" : "namespace-unbounded",
        object,
        path: `global.namespaces.${name}.quota`,
        message: isReserved
          ? `${formatMemory(promised)} are reserved for ${name}, but no quota names limits.memory`
          : `no quota of ${name} names limits.memory, so its pods can take what is reserved for others`,
        fix: isBounded(plan, name)
          ? "render a ResourceQuota without scopes that names limits.memory"
          : "set quota.enabled and quota.compute to true, or declare its pods in global.dynamicPods",
      };
    }
    const inhabited = new Set([
      ...rendered,
      ...accounting.namespaces.keys(),
      ...Object.keys(plan.namespaces),
    ]);
    for (const name of inhabited) {
      const quotas = accounting.namespaces.get(name)?.quotas ?? [];
      if (isDormant(plan, name, accounting)) continue;
      if (isBounded(plan, name) || declared.has(name) || quotas.some(boundsMemory)) continue;
      yield {
        code: "namespace-unbounded",
        object: { apiVersion: "v1", kind: "Namespace", name },
        path: `global.namespaces.${name}`,
        message: `namespace ${name} has neither a quota on memory limits nor declared dynamic pods`,
        fix: "give it a quota, or declare its pods in global.dynamicPods",
      };
    }
    const { allocatable } = nodeLedger(plan).memory;
    const others = demandsOn(plan, accounting)
      .filter(({ name }) => !reserved.has(plan.namespaces[name]?.layer ?? ""))
      .reduce((total, { memory }) => total + memory, 0n);
    const reservation = Object.values(plan.namespaces)
      .filter(({ layer }) => reserved.has(layer))
      .reduce((total, { budget }) => total + planned(budget.memory), 0n);
    if (reservation > 0n && others > allocatable - reservation) {
      yield {
        code: "reservation-overcommitted",
        path: "global.namespaces",
        message: `${[...reserved].join(", ")} reserve ${formatMemory(reservation)} of ${formatMemory(allocatable)}, but the other namespaces may take ${formatMemory(others)}`,
        actual: formatMemory(others),
        limit: formatMemory(allocatable - reservation),
        fix: `take ${formatMemory(others - (allocatable - reservation))} from the other namespaces`,
      };
    }
  },
});

/** Layers with memory and components, none of which is enabled. */
function reservedLayers(plan: Plan): ReadonlySet<string> {
  const components = Object.values(plan.components);
  const layers = Object.entries(plan.layers).filter(
    ([layer, { memory }]) =>
      planned(memory) > 0n &&
      components.some((component) => component.layer === layer) &&
      !components.some((component) => component.layer === layer && component.enabled),
  );
  return new Set(layers.map(([layer]) => layer));
}
