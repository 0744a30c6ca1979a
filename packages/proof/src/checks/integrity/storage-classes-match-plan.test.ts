import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { storageClassesMatchPlan } from "./storage-classes-match-plan.ts";

testRule(storageClassesMatchPlan, {
  "k3s-stays-default": ["default-differs"],
  "provider-disabled": ["class-not-provided"],
  "class-disabled": ["class-not-provided"],
  "made-at-run-time": ["class-not-rendered"],
  "not-marked": ["default-differs"],
  "beta-mark-on-another": ["class-not-planned", "default-differs"],
  "other-facts": ["class-differs", "class-differs", "class-differs"],
  "provisioner-forgotten": ["provisioner-not-counted"],
  "provisioner-counted-in-vain": ["provisioner-not-counted"],
  "ok-longhorn": [],
  "ok-local-path": [],
  "ok-second-without-mark": [],
});

test("says which class K3s would mark beside the plan's", () => {
  expect(checkRule(storageClassesMatchPlan, "k3s-stays-default")).toEqual([
    expect.objectContaining({
      path: "global.storage.classes.local-path.enabled",
      actual: "local-path",
      limit: "longhorn",
      fix: expect.stringContaining("local-storage"),
    }),
  ]);
});

test("says what a class is and what the plan says of it", () => {
  expect(checkRule(storageClassesMatchPlan, "other-facts")).toEqual([
    expect.objectContaining({
      path: "provisioner",
      actual: "driver.longhorn.com",
      limit: "driver.longhorn.io",
    }),
    expect.objectContaining({
      path: "volumeBindingMode",
      actual: "WaitForFirstConsumer",
      limit: "Immediate",
    }),
    expect.objectContaining({ path: "allowVolumeExpansion", actual: "false", limit: "true" }),
  ]);
});
