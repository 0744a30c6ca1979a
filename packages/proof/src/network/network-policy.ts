import type { Manifest } from "../manifest/kubernetes-object.ts";
import { at, isObject, type JsonObject, objectAt, stringAt, stringsIn } from "../manifest/values.ts";
import type { Plan } from "../plan/plan.ts";
import { addressesOf, EVERY_ADDRESS } from "./address-set.ts";
import { type IntervalSet, subtract, union } from "./interval-set.ts";
import { isPort, type Protocol, toProtocol } from "./port-set.ts";

export type Direction = "ingress" | "egress";

/** What a namespace's line in the plan closes. */
export function closedDirections(network: Plan["namespaces"][string]["network"]): readonly Direction[] {
  if (network === "open") return [];
  return network === "default-deny" ? ["ingress", "egress"] : ["ingress"];
}

/** A direction as `policyTypes` names it. */
export function policyType(direction: Direction): string {
  return direction === "ingress" ? "Ingress" : "Egress";
}

/** One entry of `ports`; `port` undefined stands for every port of the protocol. */
interface PolicyPort {
  readonly protocol: Protocol;
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
}

/** One entry of `from` or `to`. */
export interface PolicyPeer {
  readonly path: string;
  /** Undefined for an `ipBlock`. */
  readonly pods: { readonly podSelector: unknown; readonly namespaceSelector: unknown } | undefined;
  /** The block without its exceptions; empty for pods and for IPv6. */
  readonly addresses: IntervalSet;
  readonly cidr: string | undefined;
}

/** One entry of `ingress` or `egress`: an absent or empty list of peers or ports admits all of them. */
export interface PolicyRule {
  readonly policy: NetworkPolicy;
  readonly path: string;
  readonly peers: readonly PolicyPeer[] | "every-peer";
  readonly ports: readonly PolicyPort[] | "every-port";
}

export interface NetworkPolicy {
  readonly manifest: Manifest;
  readonly namespace: string;
  readonly podSelector: unknown;
  /** Undefined when the policy does not isolate its pods in this direction. */
  readonly ingress: readonly PolicyRule[] | undefined;
  readonly egress: readonly PolicyRule[] | undefined;
}

/**
 * The typed view of a NetworkPolicy with the API server's defaults: `policyTypes` is Ingress, and Egress only
 * if there is an egress rule (kubernetes v1.36 pkg/apis/networking/v1/defaults.go); rules of a direction that
 * is not among the types have no effect.
 */
export function toNetworkPolicy(manifest: Manifest): NetworkPolicy | undefined {
  const spec = objectAt(manifest.object, "spec");
  if (manifest.kind !== "NetworkPolicy" || manifest.group !== "networking.k8s.io" || spec === undefined) {
    return undefined;
  }
  const types = stringsIn(spec.policyTypes);
  const isolates = (type: string, otherwise: boolean): boolean =>
    types.length === 0 ? otherwise : types.includes(type);
  const policy: { -readonly [Key in keyof NetworkPolicy]: NetworkPolicy[Key] } = {
    manifest,
    namespace: manifest.namespace ?? "default",
    // The field may be left out since v1.33, and then selects every pod.
    podSelector: spec.podSelector ?? {},
    ingress: undefined,
    egress: undefined,
  };
  if (isolates("Ingress", true)) policy.ingress = rulesAt(policy, spec, "ingress", "from");
  if (isolates("Egress", itemsOf(spec.egress).length > 0))
    policy.egress = rulesAt(policy, spec, "egress", "to");
  return policy;
}

function rulesAt(
  policy: NetworkPolicy,
  spec: JsonObject,
  direction: Direction,
  peers: "from" | "to",
): PolicyRule[] {
  return itemsOf(spec[direction]).map((rule, position) => {
    const path = `spec.${direction}[${position}]`;
    const peerItems = itemsOf(rule[peers]);
    const portItems = itemsOf(rule.ports);
    return {
      policy,
      path,
      peers:
        peerItems.length === 0
          ? "every-peer"
          : peerItems.map((peer, at) => toPeer(peer, `${path}.${peers}[${at}]`)),
      ports: portItems.length === 0 ? "every-port" : portItems.flatMap(toPorts),
    };
  });
}

function toPeer(peer: JsonObject, path: string): PolicyPeer {
  const block = objectAt(peer, "ipBlock");
  if (block !== undefined) {
    const cidr = stringAt(block, "cidr");
    const except = union(...stringsIn(block.except).map((network) => addressesOf(network) ?? []));
    const addresses = subtract(cidr === undefined ? [] : (addressesOf(cidr) ?? []), except);
    return { path, pods: undefined, addresses, cidr };
  }
  const { podSelector, namespaceSelector } = peer;
  // The API server refuses a peer without any selector; taken for what its author meant, it admits everything.
  const isEmpty = !isObject(podSelector) && !isObject(namespaceSelector);
  if (isEmpty)
    return {
      path,
      pods: { podSelector: {}, namespaceSelector: {} },
      addresses: EVERY_ADDRESS,
      cidr: undefined,
    };
  return { path, pods: { podSelector, namespaceSelector }, addresses: [], cidr: undefined };
}

function toPorts(entry: JsonObject): PolicyPort[] {
  const protocol = toProtocol(entry.protocol);
  const port = at(entry, "port") ?? undefined;
  if (protocol === undefined || !(port === undefined || isPort(port) || typeof port === "string")) return [];
  return [{ protocol, port, endPort: isPort(entry.endPort) ? entry.endPort : undefined }];
}

/** Items of a list of structures: `null` decodes to an empty one, as in Go. */
function itemsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map((item) => (isObject(item) ? item : {})) : [];
}
