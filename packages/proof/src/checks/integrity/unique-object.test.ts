import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { uniqueObject } from "./unique-object.ts";

testRule(uniqueObject, {
  "cluster-scoped": ["duplicate-object"],
  "same-template-twice": ["duplicate-object"],
  "two-charts": ["duplicate-object"],
  "two-versions": ["duplicate-object"],
  "ok-generated-names": [],
  "ok-same-name": [],
});

test("names both templates", () => {
  expect(checkRule(uniqueObject, "two-charts")).toMatchObject([
    {
      message:
        "ConfigMap data/settings of apps/templates/settings.yaml is rendered by data/templates/settings.yaml too",
    },
  ]);
});
