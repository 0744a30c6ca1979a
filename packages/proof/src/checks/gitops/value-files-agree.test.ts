import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { valueFilesAgree } from "./value-files-agree.ts";

testRule(valueFilesAgree, {
  "profile-not-named": ["other-files-proven"],
  "outside-the-chart": ["other-files-proven"],
  "wrong-order": ["set-names-other-files"],
  "set-without-files": ["set-names-other-files"],
  "ok-same-files": [],
  "ok-no-helm": [],
  "ok-rendered-elsewhere": [],
});

test("says which files are proven and which are deployed", () => {
  expect(checkRule(valueFilesAgree, "profile-not-named")).toEqual([
    expect.objectContaining({
      path: "global.gitops.valueFiles",
      actual: "values.yaml",
      limit: "values.yaml, profiles/small.yaml",
      fix: expect.stringContaining("[values.yaml, profiles/small.yaml]"),
    }),
  ]);
});
