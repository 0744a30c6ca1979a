import type { Manifest, Plan } from "@t495/proof";

export interface RepeatedPlatform {
  readonly manifests: readonly Manifest[];
  readonly plan: Plan | undefined;
}

/**
 * The objects of a rendering again and again in other namespaces, until there are at least `objects`, and the
 * plan with those namespaces: as many and as varied as a bigger platform's, and not a heap of findings.
 */
export function repeatPlatform(
  manifests: readonly Manifest[],
  plan: Plan | undefined,
  objects: number,
): RepeatedPlatform {
  const repeated: Manifest[] = [...manifests];
  const namespaces = { ...plan?.namespaces };
  for (let copy = 1; repeated.length < objects && manifests.length > 0; copy++) {
    for (const manifest of manifests) repeated.push(renamed(manifest, `-${copy}`));
    for (const [name, namespace] of Object.entries(plan?.namespaces ?? {}))
      namespaces[`${name}-${copy}`] = namespace;
  }
  return { manifests: repeated, plan: plan && { ...plan, namespaces } };
}

function renamed(manifest: Manifest, suffix: string): Manifest {
  const { object } = manifest;
  // One Namespace is one name; everything else keeps its name in a namespace of its own.
  const name = manifest.namespace === undefined ? `${manifest.name}${suffix}` : manifest.name;
  const namespace = manifest.namespace === undefined ? undefined : `${manifest.namespace}${suffix}`;
  return {
    ...manifest,
    name,
    namespace,
    object: {
      ...object,
      metadata: { ...object.metadata, name, ...(namespace === undefined ? {} : { namespace }) },
    },
  };
}
