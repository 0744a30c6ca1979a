import type { Manifest } from "./kubernetes-object.ts";

/** What to look for; an absent key matches everything. `namespace: undefined` matches everything too. */
export interface ManifestQuery {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string | undefined;
  readonly name?: string;
}

/**
 * The objects of one rendering, found by kind, namespace and name.
 * Matching is by group, never by version: a reference rarely knows the version.
 */
export class ManifestIndex {
  readonly all: readonly Manifest[];
  readonly #byKind = new Map<string, Manifest[]>();
  readonly #byIdentity = new Map<string, Manifest>();

  constructor(manifests: readonly Manifest[]) {
    this.all = manifests;
    for (const manifest of manifests) {
      const sameKind = this.#byKind.get(manifest.kind);
      if (sameKind === undefined) this.#byKind.set(manifest.kind, [manifest]);
      else sameKind.push(manifest);
      const identity = identityOf(manifest.group, manifest.kind, manifest.namespace, manifest.name);
      if (!this.#byIdentity.has(identity)) this.#byIdentity.set(identity, manifest);
    }
  }

  /** All matches in stream order. */
  filter(query: ManifestQuery): readonly Manifest[] {
    const candidates = query.kind === undefined ? this.all : (this.#byKind.get(query.kind) ?? []);
    return candidates.filter(
      (manifest) =>
        (query.group === undefined || manifest.group === query.group) &&
        (query.namespace === undefined || manifest.namespace === query.namespace) &&
        (query.name === undefined || manifest.name === query.name),
    );
  }

  /** The first object of exactly this identity; `namespace` undefined means cluster-scoped. */
  find(group: string, kind: string, namespace: string | undefined, name: string): Manifest | undefined {
    return this.#byIdentity.get(identityOf(group, kind, namespace, name));
  }
}

function identityOf(group: string, kind: string, namespace: string | undefined, name: string): string {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}
