import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { requirePriorityClass } from "./require-priority-class.ts";

testRule(requirePriorityClass, {
  "ok-named": [],
  "ok-system-class-in-kube-system": [],
  "ok-class-after-its-user": [],
  "ok-what-the-class-gives": [],
  "no-class": ["priority-class-missing"],
  "no-class-no-default": ["priority-class-missing"],
  "empty-name": ["priority-class-missing"],
  misspelt: ["priority-class-unknown"],
  "planned-only": ["priority-class-unknown"],
  "outranks-the-platform": ["system-class"],
  "number-beside-the-class": ["contradicts-class"],
  "policy-beside-the-class": ["contradicts-class"],
  "two-defaults": ["several-defaults"],
});

test("says what the pods get instead", () => {
  expect(checkRule(requirePriorityClass, "no-class")).toMatchObject([
    {
      path: "spec.template.spec.priorityClassName",
      message: "the pods have no priority class and get the default low (100)",
    },
  ]);
});
