import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { noServiceLinks } from "./no-service-links.ts";

testRule(noServiceLinks, {
  "ok-off": [],
  "ok-bare-pod": [],
  "ok-no-pods": [],
  "not-set": ["service-links-enabled"],
  "set-to-true": ["service-links-enabled"],
  null: ["service-links-enabled"],
  "on-the-container": ["service-links-enabled"],
  "cron-job": ["service-links-enabled"],
});

test("points to the field of the pod", () => {
  expect(checkRule(noServiceLinks, "cron-job")).toMatchObject([
    {
      path: "spec.jobTemplate.spec.template.spec.enableServiceLinks",
      actual: "not set (true)",
      limit: "false",
    },
  ]);
});
