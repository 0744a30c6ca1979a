import type { Manifest } from "@t495/proof";

/**
 * The objects of a rendering again and again under other names and in other namespaces, until there are at least
 * `objects`: as many and as varied as a bigger platform's. Names of namespaces that an object refers to are
 * changed with them, so that the copies refer to each other as the originals do.
 */
export function repeatManifests(manifests: readonly Manifest[], objects: number): readonly Manifest[] {
  const repeated: Manifest[] = [...manifests];
  for (let copy = 1; repeated.length < objects && manifests.length > 0; copy++) {
    for (const manifest of manifests) repeated.push(renamed(manifest, `-${copy}`));
  }
  return repeated;
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
