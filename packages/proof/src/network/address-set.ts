import { parseNetwork } from "../addresses/address-range.ts";
import { formatAddress, parseAddress } from "../addresses/ipv4.ts";
import { type Interval, type IntervalSet, subtract, union } from "./interval-set.ts";

/** All IPv4 addresses. */
export const EVERY_ADDRESS: IntervalSet = [{ first: 0, last: 2 ** 32 - 1 }];

/**
 * The addresses of an IPv4 network, or one address; host bits are ignored as the network plugins do.
 * Undefined for IPv6 and for text that is neither.
 */
export function addressesOf(text: string): IntervalSet | undefined {
  const address = parseAddress(text);
  const found = address === undefined ? parseNetwork(text) : { first: address, last: address };
  return found && [{ first: found.first, last: found.last }];
}

/** The first addresses of a network: the bridge's own are among them. */
export function firstAddresses(set: IntervalSet, count: number): IntervalSet {
  return set.slice(0, 1).map(({ first, last }) => ({ first, last: Math.min(last, first + count - 1) }));
}

function networks(...cidrs: readonly string[]): IntervalSet {
  return union(...cidrs.map((cidr) => addressesOf(cidr) ?? []));
}

/** RFC 1918, the carriers' shared range (RFC 6598) and link-local (RFC 3927), where clouds keep credentials. */
export const PRIVATE_ADDRESSES: IntervalSet = networks(
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
);

/** The most that `internet` may mean. */
export const INTERNET: IntervalSet = subtract(EVERY_ADDRESS, PRIVATE_ADDRESSES);

/** The least that `internet` has to mean: without what no router forwards (RFC 6890, multicast). */
export const ROUTABLE_INTERNET: IntervalSet = subtract(
  INTERNET,
  networks(
    "0.0.0.0/8",
    "127.0.0.0/8",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
  ),
);

/** `10.0.0.0/8, 192.168.1.10`, at most four parts. */
export function describeAddresses(set: IntervalSet): string {
  const parts = set.flatMap(toCidrs);
  const shown = parts.slice(0, 4).join(", ");
  return parts.length > 4 ? `${shown} and ${parts.length - 4} more networks` : shown;
}

function toCidrs({ first, last }: Interval): string[] {
  const found: string[] = [];
  let from = first;
  while (from <= last) {
    let bits = 0;
    while (bits < 32 && from % 2 ** (bits + 1) === 0 && from + 2 ** (bits + 1) - 1 <= last) bits += 1;
    found.push(bits === 0 ? formatAddress(from) : `${formatAddress(from)}/${32 - bits}`);
    from += 2 ** bits;
  }
  return found;
}
