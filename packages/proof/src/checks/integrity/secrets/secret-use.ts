import type { Manifest } from "../../../manifest/kubernetes-object.ts";

/** A use of a Secret by a rendered object. */
export interface SecretUse {
  readonly user: Manifest;
  readonly namespace: string;
  readonly name: string;
  /** Keys that are read; undefined when all are. */
  readonly keys: readonly string[] | undefined;
  readonly path: string;
  readonly optional: boolean;
}
