import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { FlowEnd, Network, PodEnd } from "./flow-ends.ts";
import type { IntervalSet } from "./interval-set.ts";
import { NAME_LABEL, type PodGroup } from "./pod-group.ts";
import { portRange } from "./port-set.ts";
import { type NetworkService, type ServicePort, targetPorts } from "./service-directory.ts";
import { findServiceReferences } from "./service-references.ts";

/** A connection that the rendering cannot do without. */
export interface NeededFlow {
  readonly from: FlowEnd;
  /** Other ends that would do as well: a load balancer may hide its clients behind the node. */
  readonly orFrom?: FlowEnd;
  readonly to: FlowEnd;
  /** One of these is enough: a host without a port may mean any port of its Service. */
  readonly ports: readonly IntervalSet[];
  /** Who needs it: `env STORE_HOST names store.data.svc:5432`. */
  readonly because: string;
  readonly manifest: Manifest;
  readonly path: string;
}

/** A host name with a port that its Service does not have. */
export interface UnservedPort {
  readonly host: string;
  readonly port: number;
  readonly service: NetworkService;
  readonly manifest: Manifest;
  readonly path: string;
}

/** What pods need because a text of theirs names a Service, and DNS to find it. */
export function consumerFlows(network: Network): { flows: NeededFlow[]; unserved: UnservedPort[] } {
  const flows: NeededFlow[] = [];
  const unserved: UnservedPort[] = [];
  for (const group of network.groups) {
    if (group.hostNetwork) continue;
    let first: Omit<NeededFlow, "to" | "ports"> | undefined;
    const from: PodEnd = { kind: "pods", name: group.name, pods: [group, ...runtimePodsOf(group, network)] };
    const seen = new Set<string>();
    for (const text of network.texts.get(group) ?? []) {
      for (const { service, host, port } of findServiceReferences(text, group.namespace, network.services)) {
        if (service.pods.includes(group) || seen.has(`${service.namespace}/${service.name}:${port}`))
          continue;
        seen.add(`${service.namespace}/${service.name}:${port}`);
        const { manifest, path, variable } = text;
        const because = variable === undefined ? `${path} names ${host}` : `${variable} names ${host}`;
        first ??= { from, because, manifest, path };
        const ports = portsAsked(service, port);
        if (port !== undefined && ports.length === 0) {
          unserved.push({ host, port, service, manifest, path });
          continue;
        }
        flows.push(...toServicePods(service, ports, { from, because, manifest, path }));
      }
    }
    if (first !== undefined) flows.push(...dnsFlows(network, first));
  }
  return { flows, unserved };
}

/** A flow to each group of pods behind a Service, on the pods' own ports. */
export function toServicePods(
  service: NetworkService,
  ports: readonly ServicePort[],
  base: Omit<NeededFlow, "to" | "ports">,
): NeededFlow[] {
  return service.pods.flatMap((pods): NeededFlow[] => {
    const targets = ports.map((port) => targetPorts(port, pods)).filter((target) => target.length > 0);
    if (targets.length === 0 || pods.hostNetwork) return [];
    return [{ ...base, to: endOf(pods), ports: targets }];
  });
}

/** What a component passes on to the pods that it makes, such as notebooks, they may need in its place. */
function runtimePodsOf(maker: PodGroup, network: Network): readonly PodGroup[] {
  const component = maker.labels[NAME_LABEL];
  if (component === undefined) return [];
  return network.groups.filter(
    ({ workloads, labels, namespace }) =>
      workloads.length === 0 && labels[NAME_LABEL] === component && namespace === maker.namespace,
  );
}

function dnsFlows(network: Network, base: Omit<NeededFlow, "to" | "ports">): NeededFlow[] {
  const to = endOf(network.dns);
  const because = `${base.because}, which has to be resolved`;
  return (["UDP", "TCP"] as const).map((protocol) => ({
    ...base,
    because,
    to,
    ports: [portRange(protocol, 53, 53)],
  }));
}

/** The Service's ports that a client means; a headless Service passes any number on to the pods. */
function portsAsked(service: NetworkService, port: number | undefined): readonly ServicePort[] {
  if (port === undefined) return service.ports;
  if (!service.headless) return service.ports.filter((candidate) => candidate.port === port);
  return [{ name: undefined, protocol: "TCP", port, targetPort: port }];
}

function endOf(pods: PodGroup): PodEnd {
  return { kind: "pods", name: pods.name, pods: [pods] };
}
