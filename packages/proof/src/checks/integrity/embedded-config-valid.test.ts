import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { embeddedConfigValid } from "./embedded-config-valid.ts";

testRule(embeddedConfigValid, {
  "ok-files": [],
  "ok-other-formats": [],
  "ok-where-it-is-mounted": [],
  "ok-one-file-mounted": [],
  "ok-of-the-image": [],
  "ok-named-by-another-file": [],
  "ok-from-the-image-alone": [],
  template: ["unchecked", "unchecked", "unchecked"],
  "only-some-programs": ["unchecked"],
  "yaml-indentation": ["unreadable"],
  "yaml-tab": ["unreadable"],
  "yaml-key-twice": ["repeated-key"],
  "json-comma": ["unreadable"],
  "json-key-twice": ["repeated-key"],
  "notebook-cut-off": ["unreadable"],
  "in-a-secret": ["unreadable"],
  "secret-template": ["unchecked"],
  "other-directory": ["read-elsewhere"],
  "other-directory-by-variable": ["read-elsewhere", "read-elsewhere"],
  "other-directory-of-one-file": ["read-elsewhere"],
});

test("says on which line of which file", () => {
  expect(checkRule(embeddedConfigValid, "yaml-key-twice")).toMatchObject([
    {
      path: 'data["loki.yaml"]',
      message:
        "loki.yaml, line 4: the key limits_config.retention_period stands twice: some programs refuse the file, others take the last one",
    },
  ]);
  expect(checkRule(embeddedConfigValid, "json-comma")).toMatchObject([
    { message: "policy.json, line 3: this is no JSON" },
  ]);
});

test("prints nothing of a Secret", () => {
  expect(JSON.stringify(checkRule(embeddedConfigValid, "in-a-secret")[0])).toContain("is not printed");
  const { manifest: _, ...said } = checkRule(embeddedConfigValid, "in-a-secret")[0] ?? {};
  expect(JSON.stringify(said)).not.toContain("hunter2");
});

test("says where the file is", () => {
  expect(checkRule(embeddedConfigValid, "other-directory")).toMatchObject([
    {
      path: "spec.template.spec.containers[0].args[0]",
      actual: "/etc/webb/web.yml",
      limit: "/etc/web/web.yml",
    },
  ]);
});
