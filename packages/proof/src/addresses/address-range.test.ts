import { describe, expect, test } from "@jest/globals";
import {
  contains,
  formatRange,
  mergeRanges,
  overlaps,
  parseNetwork,
  parseRange,
  subtractRanges,
} from "./address-range.ts";
import { formatAddress, isIpv6, parseAddress } from "./ipv4.ts";

describe("parseAddress", () => {
  test.each([
    ["0.0.0.0", 0],
    ["0.0.1.0", 256],
    ["192.168.1.240", 3232236016],
    ["255.255.255.255", 4294967295],
  ])("%s", (text, address) => {
    expect(parseAddress(text)).toBe(address);
    expect(formatAddress(address)).toBe(text);
  });

  test.each([
    "010.0.0.1",
    "10.1",
    "10.0.0.01",
    "10.0.0.256",
    "10.0.0.1 ",
    " 10.0.0.1",
    "+10.0.0.1",
    "0xa000001",
    "0xa.0.0.1",
    "167772161",
    "1e1.0.0.1",
    "10.0.0.1.",
    "10.0.0",
    "10.0.0.0.1",
    "",
    "fd00::1",
    "localhost",
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("parseRange", () => {
  test.each([
    ["10.0.0.1", { first: 167772161, last: 167772161 }],
    ["10.0.0.1-10.0.0.1", { first: 167772161, last: 167772161 }],
    ["10.0.0.1 - 10.0.0.3", { first: 167772161, last: 167772163 }],
    ["10.0.0.3-10.0.0.1", "reversed"],
    ["10.0.0.1-", "malformed"],
    ["-10.0.0.1", "malformed"],
    ["10.0.0.1-2", "malformed"],
    ["10.0.0.1-10.0.0.2-10.0.0.3", "malformed"],
    ["10.0.0.0/24", "malformed"],
    ["", "malformed"],
  ])("%j", (text, parsed) => {
    expect(parseRange(text)).toEqual(parsed);
  });
});

describe("parseNetwork", () => {
  test.each([
    ["192.168.1.200/28", "192.168.1.192/28", "192.168.1.192-192.168.1.207", true],
    ["192.168.1.192/28", "192.168.1.192/28", "192.168.1.192-192.168.1.207", false],
    ["0.0.0.0/0", "0.0.0.0/0", "0.0.0.0-255.255.255.255", false],
    ["255.255.255.255/1", "128.0.0.0/1", "128.0.0.0-255.255.255.255", true],
    ["10.1.2.3/32", "10.1.2.3/32", "10.1.2.3", false],
  ])("%s", (written, text, range, shifted) => {
    const network = parseNetwork(written);
    expect(network).toMatchObject({ text, shifted });
    expect(network && formatRange(network)).toBe(range);
  });

  test.each([
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/08",
    "10.0.0.0/-1",
    "10.0/8",
    "10.0.0.0/8/8",
    "fd00::/8",
  ])("refuses %j", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });
});

describe("sets of ranges", () => {
  const range = (first: number, last: number) => ({ first, last });

  test("ranges that touch do not overlap", () => {
    expect(overlaps(range(1, 3), range(3, 5))).toBe(true);
    expect(overlaps(range(1, 3), range(4, 5))).toBe(false);
    expect(contains(range(1, 5), range(1, 5))).toBe(true);
    expect(contains(range(1, 5), range(0, 5))).toBe(false);
  });

  test("merges what overlaps or touches", () => {
    expect(mergeRanges([range(7, 9), range(1, 3), range(4, 5), range(2, 2)])).toEqual([
      range(1, 5),
      range(7, 9),
    ]);
  });

  test("takes holes out, at the ends, in the middle and around", () => {
    expect(subtractRanges([range(1, 9)], [range(0, 1), range(4, 5), range(9, 12)])).toEqual([
      range(2, 3),
      range(6, 8),
    ]);
    expect(subtractRanges([range(1, 3), range(5, 6)], [range(0, 9)])).toEqual([]);
    expect(subtractRanges([range(1, 3)], [])).toEqual([range(1, 3)]);
  });

  test("agrees with counting one by one", () => {
    // Every pair of subsets of six addresses.
    const runs = (mask: number) =>
      Array.from({ length: 6 }, (_, bit) => bit)
        .filter((bit) => (mask >> bit) & 1)
        .map((bit) => range(bit, bit));
    const members = (ranges: readonly { first: number; last: number }[]) =>
      ranges.reduce((mask, { first, last }) => {
        let all = mask;
        for (let bit = first; bit <= last; bit++) all |= 1 << bit;
        return all;
      }, 0);
    for (let a = 0; a < 64; a++)
      for (let b = 0; b < 64; b++) expect(members(subtractRanges(runs(a), runs(b)))).toBe(a & ~b);
  });
});

test.each([
  ["fd00::1", true],
  ["fd00::/64", true],
  ["fd00::1-fd00::9", true],
  ["192.168.1.1", false],
  ["192.168.1.1-192.168.1.9", false],
  ["", false],
  ["fd00::1-192.168.1.1", false],
])("isIpv6(%j)", (text, expected) => {
  expect(isIpv6(text)).toBe(expected);
});
