import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { priorityClassesMatchPlan } from "./priority-classes-match-plan.ts";

testRule(priorityClassesMatchPlan, {
  "ok-planned": [],
  "ok-policy-written-out": [],
  "value-edited": ["class-differs"],
  "value-as-text": ["class-differs"],
  "default-moved": ["class-differs", "class-differs"],
  "class-gone": ["class-missing"],
  "own-class": ["class-not-planned"],
  "waits-politely": ["class-never-preempts"],
  "no-default": ["default-missing"],
  "no-classes": ["class-missing", "class-missing", "class-missing", "class-missing", "default-missing"],
});

test("names both values and the figure to write", () => {
  expect(checkRule(priorityClassesMatchPlan, "value-edited")).toMatchObject([
    {
      manifest: { kind: "PriorityClass", name: "data" },
      path: "value",
      message: "data has the value 750, the plan says 900",
      fix: "set value: 900",
    },
  ]);
});
