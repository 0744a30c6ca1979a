import {
  type AddressRange,
  isRange,
  parseNetwork,
  parseRange,
  singleAddress,
} from "../../addresses/address-range.ts";
import type { Plan } from "../../plan/plan.ts";

export type NetworkCode =
  | "outside-lan"
  | "network-or-broadcast"
  | "gateway-address"
  | "node-address"
  | "dhcp-address";

/** Addresses of the LAN that a Service must not have. */
export interface Forbidden {
  readonly code: NetworkCode;
  readonly ranges: readonly AddressRange[];
  /** True when the ranges are what is allowed. */
  readonly inside: boolean;
  /** The end of a sentence that starts with the address. */
  readonly reason: string;
}

/** A range or address of the plan, with what it is itself and so cannot collide with. */
export interface PlannedRange {
  readonly what: string;
  readonly text: string;
  readonly path: string;
  readonly exempt: readonly NetworkCode[];
}

/** What is taken in the LAN; parts of the plan that cannot be read forbid nothing. */
export function forbiddenAddresses(network: Plan["node"]["network"]): readonly Forbidden[] {
  const lan = parseNetwork(network.lan);
  // Networks of one or two addresses have neither (RFC 3021).
  const ends = lan !== undefined && lan.last - lan.first > 1 ? [lan.first, lan.last].map(singleAddress) : [];
  const taken = (text: string): readonly AddressRange[] => [parseRange(text)].filter(isRange);
  const forbidden: readonly Forbidden[] = [
    {
      code: "outside-lan",
      ranges: lan === undefined ? [] : [lan],
      inside: true,
      reason: `outside the LAN ${network.lan}: no machine there would look for it`,
    },
    {
      code: "network-or-broadcast",
      ranges: ends,
      inside: false,
      reason: `where the first address of ${network.lan} names the network and the last is its broadcast address`,
    },
    {
      code: "gateway-address",
      ranges: taken(network.gateway),
      inside: false,
      reason: `where ${network.gateway} is the gateway: the whole LAN would lose its way out`,
    },
    {
      code: "node-address",
      ranges: taken(network.address),
      inside: false,
      reason: `where ${network.address} is the node itself`,
    },
    {
      code: "dhcp-address",
      ranges: taken(network.dhcp),
      inside: false,
      reason: `of which the router hands out ${network.dhcp} by DHCP`,
    },
  ];
  return forbidden.filter(({ ranges }) => ranges.length > 0);
}

/** Every address and range that the plan names. */
export function plannedRanges({ addresses, node: { network } }: Plan): readonly PlannedRange[] {
  const own = (key: "address" | "gateway" | "dhcp", exempt: readonly NetworkCode[]): PlannedRange => ({
    what: key === "address" ? "The node's address is" : `The plan's ${key} is`,
    text: network[key],
    path: `global.node.network.${key}`,
    exempt,
  });
  return [
    own("address", ["node-address"]),
    own("gateway", ["gateway-address"]),
    own("dhcp", ["dhcp-address", "node-address"]),
    { what: "The pool is", text: addresses.pool.range, path: "global.addresses.pool.range", exempt: [] },
    {
      what: "The extension of the pool is",
      text: addresses.extension.range,
      path: "global.addresses.extension.range",
      exempt: [],
    },
    ...Object.entries(addresses.services).map(([name, { address }]) => ({
      what: `The plan's address of ${name} is`,
      text: address,
      path: `global.addresses.services.${name}.address`,
      exempt: [],
    })),
    ...Object.entries(addresses.reserved).map(([name, { range }]) => ({
      what: `The plan's reservation for ${name} is`,
      text: range,
      path: `global.addresses.reserved.${name}.range`,
      exempt: [],
    })),
  ];
}
