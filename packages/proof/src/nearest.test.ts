import { expect, test } from "@jest/globals";
import { nearest } from "./nearest.ts";

const commands = ["prove", "check", "render", "budget", "addresses", "order"];

test.each([
  ["prvoe", "prove"],
  ["chekc", "check"],
  ["adresses", "addresses"],
  ["budgets", "budget"],
  ["oder", "order"],
])("%s means %s", (typed, meant) => {
  expect(nearest(typed, commands)).toBe(meant);
});

test("suggests nothing when nothing is close", () => {
  expect(nearest("deploy", commands)).toBeUndefined();
  expect(nearest("x", commands)).toBeUndefined();
  expect(nearest("prove", [])).toBeUndefined();
});
