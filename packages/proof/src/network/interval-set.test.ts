import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { covers, type IntervalSet, intersect, subtract, union } from "./interval-set.ts";

const LAST = 30;
const intervals: fc.Arbitrary<IntervalSet> = fc
  .array(fc.tuple(fc.nat(LAST), fc.nat(LAST)), { maxLength: 5 })
  .map((pairs) => union(pairs.map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }))));
const members = (set: IntervalSet): number[] =>
  Array.from({ length: LAST + 1 }, (_, number) => number).filter((number) =>
    set.some(({ first, last }) => first <= number && number <= last),
  );

test("sets of intervals behave as the sets of their members", () => {
  fc.assert(
    fc.property(intervals, intervals, (one, other) => {
      const [a, b] = [new Set(members(one)), new Set(members(other))];
      expect(members(union(one, other))).toEqual([...new Set([...a, ...b])].sort((x, y) => x - y));
      expect(members(subtract(one, other))).toEqual([...a].filter((number) => !b.has(number)));
      expect(members(intersect(one, other))).toEqual([...a].filter((number) => b.has(number)));
      expect(covers(one, other)).toBe([...b].every((number) => a.has(number)));
    }),
  );
});
