import type { KubernetesObject, Manifest } from "@t495/proof";
import { describeObject } from "../../../proof/src/manifest/kubernetes-object.ts";
import { isObject } from "../../../proof/src/manifest/values.ts";
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

/**
 * Where what Argo CD has rendered by itself is not what we have rendered, to the byte once keys are sorted, as Argo CD
 * keeps them; objects that only one of the two has are named too.
 */
export function differencesOfRenderings(
  ours: readonly Manifest[],
  theirs: readonly KubernetesObject[],
): readonly string[] {
  const unseen = new Map(ours.map((manifest) => [describeObject(manifest), manifest.object]));
  const known = new Map(unseen);
  const differences: string[] = [];
  for (const object of theirs) {
    const name = describeObject({ kind: object.kind, ...object.metadata });
    unseen.delete(name);
    const difference = firstDifference(sorted(known.get(name)), sorted(withoutTracking(object)));
    if (difference === undefined) continue;
    const { path, expected, actual } = difference;
    differences.push(`${name} ${path}: ${actual} by Argo CD, ${expected} by us`);
  }
  return [...differences, ...[...unseen.keys()].map((name) => `${name}: not rendered by Argo CD`)];
}

function withoutTracking(object: KubernetesObject): KubernetesObject {
  const { [TRACKING]: _, ...annotations } = object.metadata.annotations ?? {};
  const { annotations: _all, ...metadata } = object.metadata;
  const kept = Object.keys(annotations).length === 0 ? {} : { annotations };
  return { ...object, metadata: { ...metadata, ...kept } };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function withoutBookkeeping({ metadata, status: _, ...object }: KubernetesObject): unknown {
  const { managedFields: _fields, resourceVersion: _version, generation: _generation, ...kept } = metadata;
  return { ...object, metadata: kept };
}
