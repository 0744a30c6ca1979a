/** The metadata that the proof reads; other fields are kept. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Any object of the API, as parsed: nothing defaulted, nothing dropped. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** Where a document came from. */
export interface Source {
  /** The file or command that the stream was read from, `-` for standard input. */
  readonly file: string;
  /** Chart name, from Helm's `# Source:` comment: `data-services`. */
  readonly chart?: string;
  /** Template below the chart, from the same comment: `templates/redis/deployment.yaml`. */
  readonly template?: string;
  /** One-based number of the YAML document in the stream. */
  readonly document: number;
  /** One-based line of the stream on which the document starts. */
  readonly line: number;
}

/** The identity of an object; `namespace` is undefined for cluster-scoped objects. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** A key that the stream holds twice in one mapping; only the last value counts. */
export interface DuplicateKey {
  /** Field path in the object. */
  readonly path: string;
  /** One-based line of the stream on which the repetition stands. */
  readonly line: number;
}

/** One object of the stream with its source. Lists are flattened: their items share a document. */
export interface Manifest {
  readonly object: KubernetesObject;
  readonly source: Source;
  /** API group without version: `apps`; the core group is the empty string. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** As written in the manifest; undefined when absent or the kind is cluster-scoped. */
  readonly namespace: string | undefined;
  /** Keys that were written twice, if any. */
  readonly duplicateKeys?: readonly DuplicateKey[];
}

/** `apps/v1` → `apps`, `v1` → ``. */
export function apiGroup(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/** `Deployment data/redis` or `Namespace data`, as people write it: of a manifest or of a reference to one. */
export function describeObject({ kind, namespace, name }: Omit<ObjectReference, "apiVersion">): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

export function referenceOf(manifest: Manifest): ObjectReference {
  return {
    apiVersion: manifest.object.apiVersion,
    kind: manifest.kind,
    namespace: manifest.namespace,
    name: manifest.name,
  };
}

/** Where an object goes: without a namespace, and when nothing says otherwise, to `default`. */
export function namespaceOf({ namespace }: Pick<Manifest, "namespace">): string {
  return namespace ?? "default";
}
