import type { Manifest } from "../../../manifest/kubernetes-object.ts";

/** A field of one object that names another. */
export interface NamedReference {
  readonly user: Manifest;
  readonly group: string;
  readonly kind: string;
  /** Undefined for cluster-scoped kinds. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly path: string;
  /** True when the user does without. */
  readonly optional: boolean;
}

/** `ConfigMap data/redis`, `StorageClass local-path`. */
export function describeTarget({ kind, namespace, name }: Omit<NamedReference, "user">): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
