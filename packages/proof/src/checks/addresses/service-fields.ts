import { type Network, parseNetwork, singleAddress } from "../../addresses/address-range.ts";
import { formatAddress, isIpv6 } from "../../addresses/ipv4.ts";
import type { Pin } from "../../addresses/load-balancer.ts";
import type { ServiceAddresses } from "../../addresses/service-address.ts";
import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem, Unchecked } from "../rule.ts";
import { checkRange, malformed } from "./named-address.ts";
import type { Forbidden, NetworkCode } from "./node-network.ts";

export type ServiceFieldCode =
  | "external-address"
  | "outside-service-network"
  | "reserved-service-address"
  | "node-port-out-of-range";

/** The API server's default `--service-node-port-range`, which K3s keeps. */
const NODE_PORTS = { first: 30000, last: 32767 };

/** Addresses and ports that a Service takes by its own fields. */
export function* checkServiceFields(
  { manifest, external, cluster, nodePorts }: ServiceAddresses,
  forbidden: readonly Forbidden[],
  plan: Plan | undefined,
): Generator<Problem<ServiceFieldCode | NetworkCode | "malformed"> | Unchecked> {
  for (const pin of external) yield* checkExternal(manifest, pin, forbidden, plan);
  const network = plan === undefined ? undefined : parseNetwork(plan.node.network.serviceCidr);
  for (const pin of cluster) {
    if (pin.address === undefined && !isIpv6(pin.text))
      yield malformed({
        what: `${describeObject(referenceOf(manifest))} has the clusterIP`,
        ...pin,
        manifest,
      });
    if (network !== undefined) yield* checkCluster(manifest, pin, network);
  }
  for (const { port, path } of nodePorts) {
    if (port >= NODE_PORTS.first && port <= NODE_PORTS.last) continue;
    yield {
      code: "node-port-out-of-range",
      manifest,
      path,
      message: `${describeObject(referenceOf(manifest))} asks for port ${port} of the node: the API server refuses the Service`,
      actual: port,
      limit: `${NODE_PORTS.first} to ${NODE_PORTS.last}`,
      fix: "Leave the port out and let the API server choose, or make it a LoadBalancer Service with an address of its own.",
    };
  }
}

function* checkExternal(
  manifest: Manifest,
  { text, address, path }: Pin,
  forbidden: readonly Forbidden[],
  plan: Plan | undefined,
): Generator<Problem<ServiceFieldCode | NetworkCode | "malformed"> | Unchecked> {
  const named = { what: `${describeObject(referenceOf(manifest))} takes`, text, path, manifest };
  if (address === undefined) {
    if (isIpv6(text))
      yield { unchecked: `IPv6 address ${text}: the plan of the node knows IPv4 alone`, manifest };
    else yield malformed(named);
    return;
  }
  const lan = plan === undefined ? undefined : parseNetwork(plan.node.network.lan);
  if (lan === undefined || address < lan.first || address > lan.last) return;
  const hits = [...checkRange(named, singleAddress(address), forbidden)];
  yield* hits;
  if (hits.length > 0) return;
  yield {
    code: "external-address",
    manifest,
    path,
    message: `${named.what} ${text} by spec.externalIPs: nothing announces it to the LAN ${lan.text}, and the node sends its own packets for whoever has the address there to this Service`,
    actual: text,
    fix: "Make it a LoadBalancer Service and pin an address that the plan gives it.",
  };
}

/** Programs that own an address of the Services' network, by their place in it. */
const RESERVED = [
  { offset: 1, owner: "default/kubernetes", what: "the API server's" },
  { offset: 10, owner: "kube-system/kube-dns", what: "that of the cluster's DNS" },
];

function* checkCluster(
  manifest: Manifest,
  { text, address, path }: Pin,
  network: Network,
): Generator<Problem<ServiceFieldCode>> {
  if (address === undefined) return;
  const name = describeObject(referenceOf(manifest));
  if (address <= network.first || address >= network.last) {
    yield {
      code: "outside-service-network",
      manifest,
      path,
      message: `${name} asks for the clusterIP ${text}, which is no host of the Services' network ${network.text}: the API server refuses the Service`,
      actual: text,
      limit: `${formatAddress(network.first + 1)} to ${formatAddress(network.last - 1)}`,
      fix: "Leave the field out: its name finds the Service at any address.",
    };
    return;
  }
  const taken = RESERVED.find(({ offset }) => address === network.first + offset);
  if (taken === undefined || taken.owner === `${manifest.namespace ?? "default"}/${manifest.name}`) return;
  yield {
    code: "reserved-service-address",
    manifest,
    path,
    message: `${name} asks for the clusterIP ${text}, which is ${taken.what}: whichever of the two comes second is refused`,
    actual: text,
    limit: taken.owner,
    fix: "Leave the field out: its name finds the Service at any address.",
  };
}
