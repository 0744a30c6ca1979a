import type { Manifest } from "../manifest/kubernetes-object.ts";
import { at, objectsIn, stringAt } from "../manifest/values.ts";

/** An element of a list generator: one Application of one component. */
export interface GeneratedElement {
  readonly component: string;
  readonly namespace: string | undefined;
  /** `spec.generators[0].list.elements[2]`. */
  readonly path: string;
}

/**
 * What an ApplicationSet makes Applications of, by the key `component` of its list generators' elements;
 * undefined when it has a generator of another kind, or an element without that key.
 */
export function generatedElements({ object }: Manifest): readonly GeneratedElement[] | undefined {
  const found: GeneratedElement[] = [];
  for (const [position, generator] of objectsIn(at(object, "spec", "generators")).entries()) {
    const elements = at(generator, "list", "elements");
    if (!Array.isArray(elements)) return undefined;
    for (const [number, element] of elements.entries()) {
      const component = stringAt(element, "component");
      if (component === undefined) return undefined;
      const path = `spec.generators[${position}].list.elements[${number}]`;
      found.push({ component, namespace: stringAt(element, "namespace"), path });
    }
  }
  return found;
}

/** The components alone, in order; undefined as for {@link generatedElements}. */
export function generatedComponents(applicationSet: Manifest): readonly string[] | undefined {
  return generatedElements(applicationSet)?.map(({ component }) => component);
}
