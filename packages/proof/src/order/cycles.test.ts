import { expect, test } from "@jest/globals";
import { findCycles } from "./cycles.ts";

function cyclesOf(graph: Readonly<Record<string, string>>): string[] {
  const edges = Object.entries(graph).map(([node, used]) => [node, [...used]] as const);
  return findCycles(new Map(edges)).map((cycle) => cycle.join(""));
}

test("finds circles of any length", () => {
  expect(cyclesOf({ a: "a" })).toEqual(["a"]);
  expect(cyclesOf({ a: "b", b: "a" })).toEqual(["ab"]);
  expect(cyclesOf({ a: "b", b: "c", c: "b" })).toEqual(["bc"]);
  expect(cyclesOf({ a: "bc", b: "d", c: "d", d: "a" })).toEqual(["abd"]);
});

test("two ways to one node are no circle, nor are unknown nodes", () => {
  expect(cyclesOf({ a: "bc", b: "d", c: "d", d: "" })).toEqual([]);
  expect(cyclesOf({ a: "x" })).toEqual([]);
});

test("walks a chain of a hundred thousand", () => {
  const chain = new Map(Array.from({ length: 100_000 }, (_, node) => [node, [node + 1]] as const));
  expect(findCycles(chain)).toEqual([]);
});
