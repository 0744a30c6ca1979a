import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { hookDeadlock } from "./hook-deadlock.ts";

testRule(hookDeadlock, {
  "migration-before-its-database": ["hook-calls-later-phase"],
  "job-before-its-server": ["job-calls-later-wave"],
  "configured-by-file": ["hook-calls-later-phase"],
  "ok-after-or-beside": [],
  "ok-other-application": [],
});

test("names the call and both places", () => {
  expect(checkRule(hookDeadlock, "migration-before-its-database")).toMatchObject([
    {
      path: "spec.template.spec.containers[0].env[0].value",
      actual: "PreSync wave 0",
      limit: "Sync wave 0",
      message: expect.stringContaining("calls store:5432, which is StatefulSet data/store"),
    },
  ]);
});
