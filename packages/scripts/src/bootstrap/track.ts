import type { Manifest } from "@t495/proof";

const TRACKING = "argocd.argoproj.io/tracking-id";

/**
 * An object as Argo CD marks what belongs to an Application, so that it takes what the bootstrap applied for its own
 * and calls it Synced. Source: argo-cd v3.5.5, util/argo/resource_tracking.go.
 *
 * @param namespace the Application's destination, which stands for that of cluster-scoped objects
 */
export function tracked(
  { object, group, kind, name, ...manifest }: Manifest,
  application: string,
  namespace: string,
): object {
  const metadata = object.metadata as { readonly annotations?: object };
  const id = `${application}:${group}/${kind}:${manifest.namespace ?? namespace}/${name}`;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, [TRACKING]: id } } };
}
