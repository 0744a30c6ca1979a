import { mergeRanges, subtractRanges } from "../addresses/address-range.ts";

/** Integers, both ends included. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

/** Disjoint intervals in ascending order: addresses, or ports of all protocols. */
export type IntervalSet = readonly Interval[];

export function union(...sets: readonly IntervalSet[]): IntervalSet {
  return mergeRanges(sets.flat());
}

export function subtract(set: IntervalSet, removed: IntervalSet): IntervalSet {
  return set.length === 0 || removed.length === 0 ? set : subtractRanges(set, removed);
}

export function intersect(one: IntervalSet, other: IntervalSet): IntervalSet {
  return one.flatMap((interval) =>
    other
      .map(({ first, last }) => ({
        first: Math.max(first, interval.first),
        last: Math.min(last, interval.last),
      }))
      .filter(({ first, last }) => first <= last),
  );
}

/** True when every member of `part` is in `whole`; the empty set is in every set. */
export function covers(whole: IntervalSet, part: IntervalSet): boolean {
  return subtract(part, whole).length === 0;
}
