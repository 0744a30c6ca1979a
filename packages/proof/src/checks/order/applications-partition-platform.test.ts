import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { applicationsPartitionPlatform } from "./applications-partition-platform.ts";

testRule(applicationsPartitionPlatform, {
  "lost-object": ["lost"],
  "guard-forgotten": ["duplicate", "duplicate"],
  "twice-in-one": ["duplicate"],
  "only-in-a-component": ["added", "duplicate"],
  "content-differs": ["differs"],
  "wrong-elements": ["application-unexpected", "application-missing"],
  "component-in-two-sets": ["application-twice"],
  "render-not-passed": ["render-not-passed", "render-not-passed"],
  "no-foundation-disabled-web": ["application-unexpected", "application-missing"],
  "ok-partition": [],
  "ok-same-name-elsewhere": [],
  "ok-other-generator": ["unchecked"],
});

test("names both renderings of a duplicate", () => {
  expect(checkRule(applicationsPartitionPlatform, "guard-forgotten")).toMatchObject([
    { manifest: { kind: "Namespace" }, limit: "root", actual: "foundation" },
    { manifest: { name: "store" }, limit: "store", actual: "web" },
  ]);
});

test("shows where the content differs", () => {
  expect(checkRule(applicationsPartitionPlatform, "content-differs")).toMatchObject([
    { path: "metadata.labels", limit: "(absent)", actual: '{"release":"store"}' },
  ]);
});

test("names the component that nobody installs", () => {
  expect(checkRule(applicationsPartitionPlatform, "wrong-elements")).toMatchObject([
    { actual: "stores", path: "spec.generators" },
    { actual: "web", path: "global.components.web" },
  ]);
});
