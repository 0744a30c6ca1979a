import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { applicationSetsComplete } from "./application-sets-complete.ts";

testRule(applicationSetsComplete, {
  "ok-complete": [],
  "ok-reserved-layer": [],
  "ok-names-from-the-elements": [],
  "no-argocd": ["unchecked"],
  "other-generator": ["unchecked"],
  "component-forgotten": ["application-missing"],
  "layer-forgotten": ["application-missing", "set-missing"],
  "switched-off": ["application-empty"],
  "in-two-layers": ["application-twice", "other-layer"],
  "other-namespace": ["other-destination"],
  renamed: ["names-disagree"],
  "not-waited-for": ["names-disagree"],
});

test("says for whom Argo CD waits in vain, and for whom not", () => {
  expect(checkRule(applicationSetsComplete, "renamed")).toMatchObject([
    {
      path: 'metadata.annotations["t495.dev/applications"]',
      actual: "postgres",
      limit: "store",
      message: expect.stringContaining("Argo CD waits for ever for postgres"),
    },
  ]);
});
