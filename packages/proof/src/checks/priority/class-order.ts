import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../rule.ts";
import type { PriorityClasses } from "./priority-classes.ts";

/** What {@link classOrder} can report. */
export const CLASS_ORDER_CODES = {
  "dependency-less-important": "A component outranks what it stands on.",
  "classes-tie": "Two classes have the same value.",
  "default-outranks": "Pods that name no class outrank a layer.",
} as const;

type Code = keyof typeof CLASS_ORDER_CODES;

/** Whether the rendered values put the layers in the order in which they need each other. */
export function* classOrder(classes: PriorityClasses, plan: Plan): Generator<Problem<Code>> {
  yield* compareClasses(classes, plan);
  yield* compareDependencies(classes, plan);
}

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
  // A component that waits is held against it too: the classes are there before it is.
  for (const [name, { dependsOn }] of Object.entries(plan.components)) {
    const own = priorityOf(name);
    if (own === undefined) continue;
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
