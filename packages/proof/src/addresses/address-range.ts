import { type Address, formatAddress, parseAddress } from "./ipv4.ts";

/** Neighbouring addresses, both ends included. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}

/** Why a text is no range: it is not written canonically, or its first address is after its last. */
export type RangeProblem = "malformed" | "reversed";

/** A network as written: `shifted` when the text names a host and not the network, as in `192.168.1.200/28`. */
export interface Network extends AddressRange {
  /** Canonical form: `192.168.1.192/28`. */
  readonly text: string;
  readonly shifted: boolean;
}

/** Reads one address, or `first-last` with or without blanks around the dash, as MetalLB does. */
export function parseRange(text: string): AddressRange | RangeProblem {
  const ends = text.split("-").map((end) => parseAddress(end.trim()));
  const [first, last = first] = ends;
  if (ends.length > 2 || ends.includes(undefined) || first === undefined || last === undefined)
    return "malformed";
  return first > last ? "reversed" : { first, last };
}

/** Reads `address/prefix`; undefined for any other text. */
export function parseNetwork(text: string): Network | undefined {
  const [written = "", prefixText = "", ...rest] = text.split("/");
  const address = parseAddress(written);
  if (address === undefined || rest.length > 0 || !/^([0-9]|[12][0-9]|3[0-2])$/.test(prefixText))
    return undefined;
  const size = 2 ** (32 - Number(prefixText));
  const first = address - (address % size);
  return {
    first,
    last: first + size - 1,
    text: `${formatAddress(first)}/${prefixText}`,
    shifted: first !== address,
  };
}

export function isRange(parsed: AddressRange | RangeProblem): parsed is AddressRange {
  return typeof parsed !== "string";
}

export function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** True when every address of `inner` is in `outer`. */
export function contains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function singleAddress(address: Address): AddressRange {
  return { first: address, last: address };
}

/** `192.168.1.240` or `192.168.1.240-192.168.1.254`. */
export function formatRange({ first, last }: AddressRange): string {
  return first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

/** The same addresses as the fewest disjoint ranges in ascending order. */
export function mergeRanges(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const merged: { first: Address; last: Address }[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1)
      previous.last = Math.max(previous.last, range.last);
    else merged.push({ ...range });
  }
  return merged;
}

/** The addresses of `ranges` that are in none of `removed`, as disjoint ranges in ascending order. */
export function subtractRanges(
  ranges: readonly AddressRange[],
  removed: readonly AddressRange[],
): readonly AddressRange[] {
  const holes = mergeRanges(removed);
  return mergeRanges(ranges).flatMap((range) => {
    const left: AddressRange[] = [];
    let from = range.first;
    for (const hole of holes) {
      if (!overlaps(hole, range)) continue;
      if (hole.first > from) left.push({ first: from, last: hole.first - 1 });
      from = Math.max(from, hole.last + 1);
    }
    if (from <= range.last) left.push({ first: from, last: range.last });
    return left;
  });
}
