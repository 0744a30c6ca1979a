import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { limitRangeSane } from "./limit-range-sane.ts";

testRule(limitRangeSane, {
  "ok-planned": [],
  "ok-second-without-defaults": [],
  "ok-disjoint-defaults": [],
  "ok-request-below-default": [],
  "two-sources": ["several-defaults"],
  "maximum-is-a-default-too": ["several-defaults"],
  "default-above-maximum": ["default-exceeds-max"],
  "request-above-limit": ["request-exceeds-default"],
  "maximum-above-quota": ["max-exceeds-quota", "max-exceeds-quota"],
  "injected-limit-below-request": ["request-exceeds-limit"],
  missing: ["limit-range-missing"],
  "only-for-pods": ["limit-range-missing"],
  "not-planned": ["limit-range-not-planned"],
  unreadable: ["unchecked", "limit-range-differs"],
  "unlike-the-plan": ["limit-range-differs", "limit-range-differs"],
});

test("a request above the injected limit names both", () => {
  expect(checkRule(limitRangeSane, "injected-limit-below-request")).toMatchObject([
    {
      manifest: { kind: "Deployment", name: "web" },
      path: "spec.template.spec.containers[0].resources.limits.memory",
      actual: "256 Mi",
      limit: "128 Mi",
      fix: "set limits.memory to at least the request",
    },
  ]);
});
