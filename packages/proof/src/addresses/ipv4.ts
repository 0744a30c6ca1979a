import ipaddr from "ipaddr.js";

/** An IPv4 address as an unsigned 32-bit integer, so that neighbours differ by one. */
export type Address = number;

/**
 * Reads an IPv4 address in its one canonical form. Undefined for every other text, also for what C libraries
 * accept: `10.1`, `010.0.0.1` (octal there, refused by Go), `0xa000001`, blanks.
 */
export function parseAddress(text: string): Address | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  const parsed = ipaddr.IPv4.parse(text);
  if (parsed.toString() !== text) return undefined;
  return parsed.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

export function formatAddress(address: Address): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** True for an IPv6 address, network or range: the plan of the node knows IPv4 alone. */
export function isIpv6(text: string): boolean {
  return text.split("-").every((part) => {
    const trimmed = part.trim();
    return ipaddr.IPv6.isValid(trimmed) || ipaddr.IPv6.isValidCIDR(trimmed);
  });
}
