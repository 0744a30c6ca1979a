import type { Manifest } from "../manifest/kubernetes-object.ts";

/** Argo CD's: the root Application and the bootstrap name it too. */
const NAMESPACE = "argocd";

/** What bounds the pods of a namespace from the first one on. */
const BOUNDS: ReadonlySet<string> = new Set(["ResourceQuota", "LimitRange", "NetworkPolicy"]);

/**
 * Whether the bootstrap applies an object of foundation before Argo CD itself: what Argo CD's pods need to be admitted
 * and what bounds them. Foundation adopts it later: it is the same object.
 */
export function bootstrapApplies({ kind, name, namespace }: Manifest): boolean {
  if (kind === "PriorityClass") return true;
  if (kind === "Namespace") return name === NAMESPACE;
  return BOUNDS.has(kind) && namespace === NAMESPACE;
}
