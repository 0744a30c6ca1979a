import type { Manifest } from "../manifest/kubernetes-object.ts";

/** One object needs another one to be there before it. */
export interface Dependency {
  readonly user: Manifest;
  readonly used: Manifest;
  /** Field path in `user` that makes the dependency; undefined for what the cluster applies by itself. */
  readonly path: string | undefined;
  /** `exists`: it must have been applied. `ready`: it must be healthy. */
  readonly needs: "exists" | "ready";
  /** What happens without it, as the end of a sentence: "its pods are refused". */
  readonly consequence: string;
  /** The object that makes the dependency bind; before it exists there is none. */
  readonly since?: Manifest;
}
