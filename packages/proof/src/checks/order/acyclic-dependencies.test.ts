import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { acyclicDependencies } from "./acyclic-dependencies.ts";

testRule(acyclicDependencies, {
  "two-components": ["component-cycle"],
  "longer-circle": ["component-cycle", "component-cycle"],
  "approves-itself": ["object-cycle"],
  "approves-its-own-pods": ["object-cycle"],
  "ok-diamond": [],
  "ok-approves-others": [],
});

test("writes the circle out", () => {
  expect(checkRule(acyclicDependencies, "two-components")).toMatchObject([
    { actual: "store → web → store", path: "global.components.store.dependsOn" },
  ]);
  expect(checkRule(acyclicDependencies, "approves-itself")).toMatchObject([
    { actual: "Deployment apps/approver → ConfigMap apps/policies → Deployment apps/approver" },
  ]);
});
