import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectAt, objectsIn, stringAt } from "../manifest/values.ts";
import type { Plan } from "../plan/plan.ts";
import { allCalledServices } from "./called-services.ts";
import type { DeclaredFlow } from "./declared-flows.ts";
import type { FlowEnd, Network } from "./flow-ends.ts";
import { intersect, union } from "./interval-set.ts";
import { type NeededFlow, toServicePods } from "./needed-flows.ts";
import { portsNumbered } from "./port-set.ts";
import { type NetworkService, type ServicePort, targetPorts } from "./service-directory.ts";

/** What has to come in: by Ingress, by an address on the home network, and from the API server to webhooks. */
export function exposedFlows(
  network: Network,
  index: ManifestIndex,
  ingress: FlowEnd | undefined,
): NeededFlow[] {
  return [
    ...(ingress === undefined ? [] : ingressFlows(network, index, ingress)),
    ...loadBalancerFlows(network),
    ...calledFlows(network, index),
  ];
}

interface Backend {
  readonly manifest: Manifest;
  readonly path: string;
  readonly namespace: string;
  readonly service: string | undefined;
  readonly port: unknown;
}

function ingressFlows(network: Network, index: ManifestIndex, from: FlowEnd): NeededFlow[] {
  const backends = [
    ...index.filter({ group: "networking.k8s.io", kind: "Ingress" }).flatMap(ingressBackends),
    ...["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"].flatMap((kind) =>
      index.filter({ group: "traefik.io", kind }).flatMap(routeBackends),
    ),
  ];
  return backends.flatMap(({ manifest, path, namespace, service: name, port }) => {
    const service = name === undefined ? undefined : network.services.find(namespace, name);
    if (service === undefined) return [];
    const because = `${manifest.kind} ${manifest.name} forwards to Service ${name}`;
    return toServicePods(service, portsNamed(service, port), { from, because, manifest, path });
  });
}

function ingressBackends(manifest: Manifest): Backend[] {
  const namespace = manifest.namespace ?? "default";
  const toBackend = (backend: unknown, path: string): Backend => ({
    manifest,
    path,
    namespace,
    service: stringAt(backend, "service", "name"),
    port: at(backend, "service", "port", "number") ?? at(backend, "service", "port", "name"),
  });
  const spec = objectAt(manifest.object, "spec");
  const rules = objectsIn(spec?.rules).flatMap((rule, ruleAt) =>
    objectsIn(at(rule, "http", "paths")).map((entry, pathAt) =>
      toBackend(entry.backend, `spec.rules[${ruleAt}].http.paths[${pathAt}].backend`),
    ),
  );
  return [...rules, toBackend(spec?.defaultBackend, "spec.defaultBackend")];
}

function routeBackends(manifest: Manifest): Backend[] {
  return objectsIn(at(manifest.object, "spec", "routes")).flatMap((route, routeAt) =>
    objectsIn(route.services).map((service, serviceAt) => ({
      manifest,
      path: `spec.routes[${routeAt}].services[${serviceAt}]`,
      namespace: stringAt(service, "namespace") ?? manifest.namespace ?? "default",
      service: stringAt(service, "name"),
      port: service.port,
    })),
  );
}

function loadBalancerFlows(network: Network): NeededFlow[] {
  return network.services.all.filter(isLoadBalancer).flatMap((service) => {
    const keepsClients = stringAt(service.manifest.object, "spec", "externalTrafficPolicy") === "Local";
    const base = {
      from: network.lan,
      // Without Local the client's address may have been replaced by the node's before a policy sees it.
      ...(keepsClients ? {} : { orFrom: network.node }),
      because: `Service ${service.name} has an address on the home network`,
      manifest: service.manifest,
      path: "spec.ports",
    };
    return service.ports.flatMap((port) => toServicePods(service, [port], base));
  });
}

/** The declared numbers that `lan` may call by the plan, and that no planned address of a Service leads to. */
export function unexposedNumbers(
  { from, to, numbers }: DeclaredFlow,
  network: Network,
  plan: Plan,
): readonly number[] {
  if (from !== network.lan || to.kind !== "pods") return [];
  const planned = new Set(
    Object.values(plan.addresses.services).map(({ namespace, service }) => `${namespace}/${service}`),
  );
  const exposed = union(
    ...network.services.all
      .filter((service) => isLoadBalancer(service) && planned.has(`${service.namespace}/${service.name}`))
      .flatMap(({ ports, pods }) =>
        ports.flatMap((port) =>
          pods.filter((group) => to.pods.includes(group)).map((group) => targetPorts(port, group)),
        ),
      ),
  );
  return numbers.filter((number) => intersect(portsNumbered([number]), exposed).length === 0);
}

function isLoadBalancer({ manifest }: NetworkService): boolean {
  return stringAt(manifest.object, "spec", "type") === "LoadBalancer";
}

function calledFlows(network: Network, index: ManifestIndex): NeededFlow[] {
  return allCalledServices(index).flatMap(({ manifest, namespace, name, port, path }) => {
    const service = network.services.find(namespace, name);
    if (service === undefined) return [];
    const because = `the API server calls Service ${service.name} for ${manifest.kind} ${manifest.name}`;
    return toServicePods(service, portsNamed(service, port), {
      from: network.apiServer,
      because,
      manifest,
      path,
    });
  });
}

/** The ports of a Service with this number or name; all for a route that leaves the port to the Service. */
function portsNamed(service: NetworkService, port: unknown): readonly ServicePort[] {
  if (port === undefined || port === null) return service.ports;
  return service.ports.filter((candidate) => candidate.port === port || candidate.name === port);
}
