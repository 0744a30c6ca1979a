import type { Manifest } from "../manifest/kubernetes-object.ts";
import { at, objectsIn, stringAt } from "../manifest/values.ts";

/**
 * The components that an ApplicationSet makes an Application of, by the key `component` of its list
 * generators' elements; undefined when it has a generator of another kind, or an element without that key.
 */
export function generatedComponents(applicationSet: Manifest): readonly string[] | undefined {
  const components: string[] = [];
  for (const generator of objectsIn(at(applicationSet.object, "spec", "generators"))) {
    const elements = at(generator, "list", "elements");
    if (!Array.isArray(elements)) return undefined;
    for (const element of elements) {
      const component = stringAt(element, "component");
      if (component === undefined) return undefined;
      components.push(component);
    }
  }
  return components;
}
