import { type Manifest, namespaceOf } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt } from "../../../manifest/values.ts";
import { allCalledServices } from "../../../network/called-services.ts";
import type { NetworkService, ServiceDirectory } from "../../../network/service-directory.ts";
import { plainText } from "../../../schemas/plain-text.ts";
import type { Problem } from "../../rule.ts";
import { ingressBackends } from "../references/collect-references.ts";

export type ServicePortCode = "missing-backend-port" | "missing-webhook-port";

/** Ports of Services that Ingresses, webhooks and aggregated APIs name. */
export function* checkServicePorts(
  index: ManifestIndex,
  services: ServiceDirectory,
): Generator<Problem<ServicePortCode>> {
  for (const ingress of index.filter({ group: "networking.k8s.io", kind: "Ingress" })) {
    yield* checkBackends(ingress, services);
  }
  yield* checkCalls(index, services);
}

function* checkBackends(ingress: Manifest, services: ServiceDirectory): Generator<Problem<ServicePortCode>> {
  for (const { name, port, path } of ingressBackends(ingress)) {
    const service = services.find(namespaceOf(ingress), name);
    if (service === undefined || port === undefined || hasPort(service, port)) continue;
    yield missingServicePort("missing-backend-port", ingress, `${path}.port`, service, port);
  }
}

function* checkCalls(index: ManifestIndex, services: ServiceDirectory): Generator<Problem<ServicePortCode>> {
  for (const { manifest, namespace, name, port, path } of allCalledServices(index)) {
    const service = services.find(namespace, name);
    if (service === undefined || hasPort(service, port)) continue;
    yield missingServicePort("missing-webhook-port", manifest, `${path}.port`, service, port);
  }
}

function hasPort({ manifest }: NetworkService, port: unknown): boolean {
  return objectsIn(at(manifest.object, "spec", "ports")).some(
    (entry) => entry.port === port || entry.name === port,
  );
}

function missingServicePort(
  code: ServicePortCode,
  manifest: Manifest,
  path: string,
  service: NetworkService,
  port: unknown,
): Problem<ServicePortCode> {
  const known = objectsIn(at(service.manifest.object, "spec", "ports"))
    .map((entry) => [stringAt(entry, "name"), entry.port].filter((part) => part !== undefined).join(" "))
    .join(", ");
  return {
    code,
    manifest,
    path,
    message: `Service ${service.namespace}/${service.name} has no port ${plainText(port)}; it has ${known || "none"}`,
    actual: typeof port === "number" ? port : plainText(port),
    limit: known,
    fix: "Name a port of the Service.",
  };
}
