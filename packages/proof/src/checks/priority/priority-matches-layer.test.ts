import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { priorityMatchesLayer } from "./priority-matches-layer.ts";

testRule(priorityMatchesLayer, {
  "ok-component": [],
  "ok-by-namespace": [],
  "ok-system": [],
  "ok-missing-is-another-rule": [],
  "copied-class": ["wrong-class"],
  "low-class-job": ["wrong-class"],
  "helper-outranks": ["class-by-namespace"],
  "component-elsewhere": ["component-elsewhere"],
});

test("names the class that belongs there", () => {
  expect(checkRule(priorityMatchesLayer, "copied-class")).toMatchObject([
    {
      message: "the pods of component store have class apps, layer data has data",
      actual: "apps",
      limit: "data",
      fix: "set priorityClassName: data",
    },
  ]);
});
