import type { Manifest } from "../manifest/kubernetes-object.ts";

/** What Argo CD's pods need of foundation: kinds of its namespace, and the cluster's priority classes. */
const NAMESPACED: ReadonlySet<string> = new Set(["ResourceQuota", "LimitRange", "NetworkPolicy"]);

/**
 * Whether the bootstrap applies an object of foundation before Argo CD itself, in whose namespace the platform's
 * bounds hold from the first pod on. Foundation adopts it later: it is the same object.
 *
 * @param namespace Argo CD's
 */
export function bootstrapApplies({ kind, name, ...manifest }: Manifest, namespace: string): boolean {
  if (kind === "PriorityClass") return true;
  if (kind === "Namespace") return name === namespace;
  return NAMESPACED.has(kind) && manifest.namespace === namespace;
}
