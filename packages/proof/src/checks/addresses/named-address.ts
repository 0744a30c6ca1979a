import {
  type AddressRange,
  contains,
  formatRange,
  overlaps,
  parseNetwork,
} from "../../addresses/address-range.ts";
import { formatAddress } from "../../addresses/ipv4.ts";
import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { Problem } from "../rule.ts";
import type { Forbidden, NetworkCode } from "./node-network.ts";

/** Something that names addresses: a range of the plan, a line of a pool, the pin of a Service. */
export interface Named {
  readonly what: string;
  readonly text: string;
  readonly path: string;
  readonly manifest?: Manifest;
}

/** What a range touches that belongs to somebody else. */
export function* checkRange(
  { what, text, path, manifest }: Named,
  range: AddressRange,
  forbidden: readonly Forbidden[],
): Generator<Problem<NetworkCode>> {
  for (const { code, ranges, reason, inside } of forbidden) {
    const hit = inside
      ? ranges.every((allowed) => contains(allowed, range))
        ? undefined
        : range
      : ranges.find((taken) => overlaps(taken, range));
    if (hit === undefined) continue;
    yield {
      code,
      manifest,
      path,
      message: `${what} ${text}, ${reason}`,
      actual: text,
      limit: ranges.map(formatRange).join(", "),
      fix: "Choose addresses of the LAN outside its first and last, the gateway, the node and the DHCP range.",
    };
  }
}

/** Text that is no address. */
export function malformed({ what, text, path, manifest }: Named): Problem<"malformed"> {
  return {
    code: "malformed",
    manifest,
    path,
    message: `${what} "${text}", which cannot be read`,
    actual: text,
    fix: "Write four decimal numbers from 0 to 255 without leading zeros; a line of a pool is first-last or address/prefix.",
  };
}

/** A range that ends before it starts. */
export function reversed({ what, text, path, manifest }: Named): Problem<"reversed-range"> {
  return {
    code: "reversed-range",
    manifest,
    path,
    message: `${what} ${text}, whose first address is after its last`,
    actual: text,
    fix: "Write the lower address first.",
  };
}

/** A network that is named by one of its hosts. */
export function shifted({ what, text, path, manifest }: Named, network: string): Problem<"shifted-network"> {
  const parsed = parseNetwork(network);
  return {
    code: "shifted-network",
    manifest,
    path,
    message: `${what} ${text}, which means the network ${network}${parsed ? `, ${formatAddress(parsed.first)} to ${formatAddress(parsed.last)}` : ""}`,
    actual: text,
    limit: network,
    fix: `Write ${network} if that is meant, else first-last.`,
  };
}
