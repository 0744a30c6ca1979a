import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import { findCycles } from "../../order/cycles.ts";
import { dependencyGraph } from "../../order/dependency-graph.ts";
import { defineRule } from "../rule.ts";

export const acyclicDependencies = defineRule({
  id: "acyclic-dependencies",
  group: "order",
  severity: "error",
  title: "Nothing needs itself, not even by way of others",
  explanation: {
    protects: "The existence of an order at all: in a circle, whatever is installed first lacks something.",
    incident:
      "The tracking server waited for the notebooks' hub to sign its tokens, and the hub for the tracking server's address. Each worked while the other was up, and none came back after a power cut.",
    fix: "Break the circle: let one side start without the other and retry, and remove its dependsOn.",
    source: "The plan: global.components.*.dependsOn; argo-cd v3.5.5 orders by waves and finds no circles",
  },
  codes: {
    "component-cycle": "Components declare that each calls the next, in a circle.",
    "object-cycle": "Objects need each other in a circle: no waves can order them.",
  },
  *check({ index, workloads, plan }) {
    const declared = new Map(
      Object.entries(plan?.components ?? {})
        .filter(([, { enabled }]) => enabled)
        .map(([name, { dependsOn }]) => [name, dependsOn] as const),
    );
    for (const cycle of findCycles(declared)) {
      const circle = [...cycle, cycle[0] ?? ""].join(" → ");
      yield {
        code: "component-cycle",
        path: `global.components.${cycle[0]}.dependsOn`,
        message: `Components call each other in a circle: ${circle}`,
        actual: circle,
        fix: "Remove the dependency that can wait and be retried.",
      };
    }
    const needs = new Map<Manifest, Manifest[]>();
    for (const { user, used } of dependencyGraph(index, workloads)) {
      const known = needs.get(user);
      if (known === undefined) needs.set(user, [used]);
      else known.push(used);
    }
    for (const cycle of findCycles(needs)) {
      const circle = [...cycle, ...cycle.slice(0, 1)]
        .map((manifest) => describeObject(referenceOf(manifest)))
        .join(" → ");
      yield {
        code: "object-cycle",
        manifest: cycle[0],
        message: `Objects need each other in a circle: ${circle}`,
        actual: circle,
        fix: "Let one of them do without: an optional reference, or a webhook that fails open.",
      };
    }
  },
});
