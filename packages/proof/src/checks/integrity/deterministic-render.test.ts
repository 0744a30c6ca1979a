import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { deterministicRender } from "./deterministic-render.ts";

testRule(deterministicRender, {
  "random-value": ["rendering-differs"],
  "random-name": ["rendered-once", "rendered-once"],
  "order-of-a-list": ["rendering-differs"],
  "ok-same": [],
});

test("says what came out first and what came out again", () => {
  expect(checkRule(deterministicRender, "random-value")).toMatchObject([
    { path: "data.token", limit: '"x3f9"', actual: '"k2m1"' },
  ]);
  expect(checkRule(deterministicRender, "order-of-a-list")).toMatchObject([{ path: "spec.ports[0].port" }]);
});

test("says which of the two renderings has an object", () => {
  expect(checkRule(deterministicRender, "random-name")).toMatchObject([
    { message: expect.stringContaining("first") },
    { message: expect.stringContaining("second") },
  ]);
});
