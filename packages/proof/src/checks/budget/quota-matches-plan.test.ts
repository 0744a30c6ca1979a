import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { quotaMatchesPlan } from "./quota-matches-plan.ts";

testRule(quotaMatchesPlan, {
  "ok-equal": [],
  "ok-other-units": [],
  "ok-two-quotas": [],
  "ok-pod-count-without-quota": [],
  "cpu-in-the-memory-line": ["quota-differs", "quota-differs"],
  missing: ["quota-missing"],
  "only-scoped": ["quota-missing"],
  "resource-forgotten": ["quota-differs", "quota-differs"],
  "second-quota-tighter": ["quota-differs"],
  "compute-quota-in-kube-system": ["compute-not-planned"],
  "quota-where-none-is-planned": ["quota-not-planned"],
  "unknown-namespace": ["quota-not-planned"],
  "pod-count-differs": ["quota-differs"],
});

test("names the figure to write", () => {
  expect(checkRule(quotaMatchesPlan, "cpu-in-the-memory-line")[0]).toMatchObject({
    path: "spec.hard[limits.memory]",
    actual: "2 B",
    limit: "4 Gi",
    fix: "set limits.memory: 4Gi",
  });
});
