import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { pluralOf } from "../manifest/plural.ts";
import { at, type JsonObject, objectAt, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import type { Workload } from "../manifest/workload.ts";
import type { Dependency } from "./dependency.ts";
import { definitionsByKind } from "./object-dependencies.ts";

/**
 * Objects whose creation a webhook must approve need the pods behind it to be ready: with
 * `failurePolicy: Fail`, the default of v1, the API server refuses them until then.
 *
 * A webhook with selectors or match conditions is left out, since it may not concern the object.
 */
export function* webhookDependencies(
  index: ManifestIndex,
  workloads: readonly Workload[],
): Generator<Dependency> {
  const resources = objectsByResource(index);
  for (const kind of ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"])
    for (const since of index.filter({ group: "admissionregistration.k8s.io", kind }))
      for (const webhook of objectsIn(since.object.webhooks).filter(isBinding)) {
        const backends = backendsOf(webhook, index, workloads);
        if (backends.length === 0) continue;
        for (const user of interceptedBy(webhook, resources))
          for (const used of backends)
            yield {
              user,
              used,
              path: undefined,
              needs: "ready",
              since,
              consequence: `webhook ${stringAt(webhook, "name") ?? ""} of ${since.name} refuses it until then`,
            };
      }
}

function isBinding(webhook: JsonObject): boolean {
  const selects = ["namespaceSelector", "objectSelector"].some(
    (field) => Object.keys(objectAt(webhook, field) ?? {}).length > 0,
  );
  return webhook.failurePolicy !== "Ignore" && !selects && objectsIn(webhook.matchConditions).length === 0;
}

/** Objects of the rendering by `group/plural`, which is how a webhook names them. */
function objectsByResource(index: ManifestIndex): ReadonlyMap<string, readonly Manifest[]> {
  const definitions = definitionsByKind(index);
  const resources = new Map<string, Manifest[]>();
  for (const manifest of index.all) {
    const definition = definitions.get(`${manifest.group}/${manifest.kind}`);
    const plural = stringAt(definition?.object, "spec", "names", "plural") ?? pluralOf(manifest.kind);
    const resource = `${manifest.group}/${plural}`;
    const instances = resources.get(resource);
    if (instances === undefined) resources.set(resource, [manifest]);
    else instances.push(manifest);
  }
  return resources;
}

function interceptedBy(
  webhook: JsonObject,
  resources: ReadonlyMap<string, readonly Manifest[]>,
): ReadonlySet<Manifest> {
  const intercepted = new Set<Manifest>();
  for (const rule of objectsIn(webhook.rules)) {
    const operations = stringsIn(rule.operations);
    if (!operations.includes("*") && !operations.includes("CREATE")) continue;
    const groups = stringsIn(rule.apiGroups);
    const plurals = stringsIn(rule.resources);
    const every = plurals.includes("*") || plurals.includes("*/*");
    for (const [resource, instances] of resources) {
      const slash = resource.indexOf("/");
      const inGroup = groups.includes("*") || groups.includes(resource.slice(0, slash));
      if (inGroup && (every || plurals.includes(resource.slice(slash + 1))))
        for (const instance of instances) intercepted.add(instance);
    }
  }
  return intercepted;
}

/** The workloads whose pods the webhook's Service selects. */
function backendsOf(
  webhook: JsonObject,
  index: ManifestIndex,
  workloads: readonly Workload[],
): readonly Manifest[] {
  const reference = at(webhook, "clientConfig", "service");
  const namespace = stringAt(reference, "namespace");
  const service = index.find("", "Service", namespace, stringAt(reference, "name") ?? "");
  const selector = Object.entries(objectAt(service?.object, "spec", "selector") ?? {});
  if (selector.length === 0) return [];
  return workloads
    .filter(({ manifest }) => manifest.namespace === namespace)
    .filter(({ podMetadata }) => selector.every(([key, value]) => at(podMetadata, "labels", key) === value))
    .map(({ manifest }) => manifest);
}
