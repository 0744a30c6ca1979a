import { addressPools, type PoolEntry } from "../../addresses/address-pool.ts";
import { overlaps, parseNetwork, parseRange, singleAddress } from "../../addresses/address-range.ts";
import { isIpv6 } from "../../addresses/ipv4.ts";
import { type LoadBalancer, loadBalancers } from "../../addresses/load-balancer.ts";
import { serviceAddresses } from "../../addresses/service-address.ts";
import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import { at } from "../../manifest/values.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";
import { checkRange, malformed, reversed, shifted } from "./named-address.ts";
import { type Forbidden, forbiddenAddresses, type NetworkCode, plannedRanges } from "./node-network.ts";
import { checkServiceFields, type ServiceFieldCode } from "./service-fields.ts";

type Code =
  | NetworkCode
  | ServiceFieldCode
  | "malformed"
  | "reversed-range"
  | "shifted-network"
  | "overlapping-networks"
  | "wrong-family"
  | "several-of-a-family";

export const validAddress = defineRule<Code>({
  id: "valid-address",
  group: "addresses",
  severity: "error",
  title: "Every address exists, is in the LAN, and belongs to nobody else there",
  explanation: {
    protects:
      "The home network: the router, its DHCP clients and the node itself answer to addresses of the same LAN.",
    incident:
      "A pool written as 192.168.1.200/28 was read as the network .192 to .207, in the middle of what the router hands out by DHCP: a phone and the ingress controller took turns in answering.",
    fix: "Write addresses as four decimal numbers, networks by their first address, and keep the pool clear of gateway, node and DHCP range.",
    source:
      "metallb v0.16.1: internal/config/config.go (ParseCIDR), internal/ipfamily/ipfamily.go; Go's net.ParseIP; RFC 1122 section 3.2.1.3; kubernetes v1.36: pkg/registry/core/service (ipallocator, portallocator)",
  },
  codes: {
    malformed: "The text is no address in canonical form.",
    "reversed-range": "The range ends before it starts.",
    "shifted-network": "The network is named by one of its hosts; another range is meant than is written.",
    "overlapping-networks": "LAN, pods and Services of the cluster overlap.",
    "outside-lan": "The address is outside the LAN, where nobody would find it.",
    "network-or-broadcast": "The first and the last address of the LAN are no host's.",
    "gateway-address": "The address is the gateway's.",
    "node-address": "The address is the node's own.",
    "dhcp-address": "The router may hand the address out by DHCP.",
    "wrong-family": "The Service does not have the address family of its pin.",
    "several-of-a-family": "A Service takes at most one address of each family.",
    "external-address": "spec.externalIPs takes an address of the LAN past plan and MetalLB.",
    "outside-service-network": "The fixed clusterIP is outside the Services' network.",
    "reserved-service-address": "The fixed clusterIP is the API server's or the cluster's DNS.",
    "node-port-out-of-range": "The nodePort is outside 30000 to 32767.",
  },
  *check({ index, plan }) {
    const forbidden = plan === undefined ? [] : forbiddenAddresses(plan.node.network);
    if (plan !== undefined) yield* checkPlan(plan, forbidden);
    for (const { manifest, entries } of addressPools(index))
      for (const entry of entries) yield* checkPoolEntry(manifest, entry, forbidden);
    for (const loadBalancer of loadBalancers(index)) {
      yield* checkPins(loadBalancer, forbidden);
      yield* checkFamilies(loadBalancer, plan);
    }
    for (const service of serviceAddresses(index)) yield* checkServiceFields(service, forbidden, plan);
  },
});

function* checkPlan(plan: Plan, forbidden: readonly Forbidden[]): Generator<Problem<Code>> {
  const { network } = plan.node;
  const networks = (["lan", "podCidr", "serviceCidr"] as const).flatMap((key) => {
    const parsed = parseNetwork(network[key]);
    return [{ key, text: network[key], parsed, path: `global.node.network.${key}` }];
  });
  for (const { text, parsed, path, key } of networks) {
    if (parsed === undefined) yield malformed({ what: `The plan's ${key}`, text, path });
    else if (parsed.shifted) yield shifted({ what: `The plan's ${key}`, text, path }, parsed.text);
  }
  for (const [number, first] of networks.entries())
    for (const second of networks.slice(number + 1))
      if (first.parsed && second.parsed && overlaps(first.parsed, second.parsed))
        yield {
          code: "overlapping-networks",
          path: second.path,
          message: `The plan's ${second.key} ${second.text} overlaps its ${first.key} ${first.text}: the node cannot tell which of the two an address belongs to`,
          actual: second.text,
          limit: first.text,
          fix: "Choose private networks that share no address.",
        };
  for (const { exempt, ...named } of plannedRanges(plan)) {
    const parsed = parseRange(named.text);
    if (parsed === "malformed") yield malformed(named);
    else if (parsed === "reversed") yield reversed(named);
    else
      yield* checkRange(
        named,
        parsed,
        forbidden.filter(({ code }) => !exempt.includes(code)),
      );
  }
}

function* checkPoolEntry(
  manifest: Manifest,
  { text, path, range, problem, shifted: network }: PoolEntry,
  forbidden: readonly Forbidden[],
): Generator<Problem<Code> | Unchecked> {
  const named = { what: `${describeObject(referenceOf(manifest))} lists`, text, path, manifest };
  if (problem === "ipv6")
    yield { unchecked: `IPv6 addresses ${text}: the plan of the node knows IPv4 alone`, manifest };
  else if (problem === "malformed") yield malformed(named);
  else if (problem === "reversed") yield reversed(named);
  if (network !== undefined) yield shifted(named, network.text);
  if (range !== undefined) yield* checkRange(named, range, forbidden);
}

function* checkPins(
  { manifest, pins }: LoadBalancer,
  forbidden: readonly Forbidden[],
): Generator<Problem<Code> | Unchecked> {
  for (const { text, address, path } of pins) {
    const named = { what: `${describeObject(referenceOf(manifest))} pins`, text, path, manifest };
    if (address !== undefined) yield* checkRange(named, singleAddress(address), forbidden);
    else if (isIpv6(text))
      yield { unchecked: `IPv6 address ${text}: the plan of the node knows IPv4 alone`, manifest };
    else yield malformed(named);
  }
}

function* checkFamilies(
  { manifest, pins, pinnedBy, ipFamilies }: LoadBalancer,
  plan: Plan | undefined,
): Generator<Problem<Code>> {
  // MetalLB refuses the two ways together before it looks at families; `no-address-by-chance` says so.
  if (pinnedBy.length > 1) return;
  const families = pins.flatMap(({ text, address }) => {
    if (address !== undefined) return ["IPv4"];
    return isIpv6(text) ? ["IPv6"] : [];
  });
  const path = pins[0]?.path;
  const name = describeObject(referenceOf(manifest));
  const distinct = new Set(families);
  if (distinct.size < families.length) {
    yield {
      code: "several-of-a-family",
      manifest,
      path,
      message: `${name} pins ${pins.map(({ text }) => text).join(" and ")}: MetalLB refuses more than one address of a family`,
      actual: families.length,
      limit: distinct.size,
      fix: "Pin one IPv4 and at most one IPv6 address; make a second Service for a second address.",
    };
    return;
  }
  // Without the field the cluster decides by its own networks, which the plan knows and a foreign stream does not.
  const policy = at(manifest.object, "spec", "ipFamilyPolicy") ?? "SingleStack";
  const cluster = plan === undefined || policy !== "SingleStack" ? [] : ["IPv4"];
  const own = ipFamilies.length > 0 ? ipFamilies : cluster;
  if (distinct.size === 0 || own.length === 0) return;
  if (own.length === distinct.size && own.every((family) => distinct.has(family))) return;
  yield {
    code: "wrong-family",
    manifest,
    path,
    message: `${name} is an ${own.join(" and ")} Service and pins ${[...distinct].join(" and ")}: MetalLB assigns nothing`,
    actual: [...distinct].join(", "),
    limit: own.join(", "),
    fix: "Pin one address of each family in spec.ipFamilies.",
  };
}
