import type { KubernetesObject, Manifest } from "@t495/proof";
import { describeObject } from "../../../proof/src/manifest/kubernetes-object.ts";
import { firstDifference } from "../../../proof/src/order/first-difference.ts";
import type { ApiClient } from "../api/api-client.ts";

/** How Argo CD finds what belongs to an Application; it adds this itself. */
const TRACKING = "argocd.argoproj.io/tracking-id";

/**
 * Whether an object is as Argo CD would have made it from our rendering: applying that as Argo CD's controller, without
 * keeping the result, would add, change and remove nothing. What is different is described.
 */
export async function differenceFromRendering(
  api: ApiClient,
  manifest: Manifest,
): Promise<string | undefined> {
  const { object } = manifest;
  const live = await api.get({ ...object.metadata, apiVersion: object.apiVersion, kind: object.kind });
  const tracking = live.metadata.annotations?.[TRACKING];
  const annotations = {
    ...object.metadata.annotations,
    ...(tracking === undefined ? {} : { [TRACKING]: tracking }),
  };
  const applied = { ...object, metadata: { ...object.metadata, annotations } };
  const result = await api.apply(applied, { dryRun: true });
  const difference = firstDifference(withoutBookkeeping(live), withoutBookkeeping(result));
  if (difference === undefined) return undefined;
  const { path, expected, actual } = difference;
  return `${describeObject(manifest)} ${path}: ${expected} in the cluster, ${actual} by our rendering`;
}

function withoutBookkeeping({ metadata, status: _, ...object }: KubernetesObject): unknown {
  const { managedFields: _fields, resourceVersion: _version, generation: _generation, ...kept } = metadata;
  return { ...object, metadata: kept };
}
