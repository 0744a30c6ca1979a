import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { orderBeforeUse } from "./order-before-use.ts";

testRule(orderBeforeUse, {
  "priority-class-in-same-wave": ["used-later-in-wave", "used-later-in-wave"],
  "configuration-in-later-wave": [
    "used-in-later-wave",
    "used-in-later-wave",
    "used-in-later-wave",
    "used-in-later-wave",
    "used-in-later-wave",
  ],
  "hook-before-its-configuration": ["used-in-later-wave"],
  "permissions-after-the-job": ["used-in-later-wave", "used-in-later-wave"],
  "quota-after-pods": ["used-in-later-wave", "used-in-later-wave"],
  "classes-after-their-users": ["used-in-later-wave", "used-in-later-wave", "used-in-later-wave"],
  "webhook-before-its-pods": ["not-ready"],
  "webhook-without-its-service": ["used-in-later-wave", "used-in-later-wave"],
  "project-after-its-applications": ["used-in-later-wave", "used-in-later-wave"],
  "across-layers": ["used-in-later-layer", "unordered"],
  "never-applied": ["never-applied"],
  "declared-dependencies": [
    "dependency-in-later-layer",
    "dependency-disabled",
    "dependency-disabled",
    "dependency-in-later-layer",
  ],
  "class-of-a-later-component": ["used-in-later-layer", "unordered", "used-in-later-layer"],
  "ok-class-of-an-earlier-component": [],
  "not-applied-by-the-bootstrap": ["used-in-later-layer", "used-in-later-layer"],
  "ok-bootstrap": [],
  "ok-one-wave": [],
  "ok-not-a-need": [],
  "ok-webhooks": [],
  "ok-earlier-layer": [],
});

test("says what happens to pods that come before their priority class", () => {
  expect(checkRule(orderBeforeUse, "priority-class-in-same-wave")[0]).toMatchObject({
    manifest: { kind: "StatefulSet", name: "store" },
    path: "spec.template.spec.priorityClassName",
    message:
      "StatefulSet data/store needs PriorityClass data; both are in wave 0, where Argo CD applies PriorityClass after StatefulSet: its pods are refused",
    fix: "Give PriorityClass data a wave before 0.",
  });
});

test("says in which layer the used object comes", () => {
  expect(checkRule(orderBeforeUse, "across-layers")).toMatchObject([
    {
      path: "spec.template.spec.containers[0].envFrom[0].configMapRef.name",
      actual: "wave 1 of layer apps",
      limit: "wave 15 of layer data",
    },
    { message: expect.stringContaining("starts at the same time as component cache") },
  ]);
});

test("names the phase of a hook", () => {
  expect(checkRule(orderBeforeUse, "hook-before-its-configuration")).toMatchObject([
    { actual: "wave -100", limit: "PreSync wave 0" },
  ]);
});

test("points at the plan for a declared dependency", () => {
  expect(checkRule(orderBeforeUse, "declared-dependencies")).toMatchObject([
    { path: "global.components.store.dependsOn[0]", actual: 30, limit: 10 },
    { path: "global.components.store.dependsOn[1]", message: expect.stringContaining("which is disabled") },
    { message: expect.stringContaining("which is not in the plan") },
    { path: "global.components.cache.dependsOn[0]", actual: 30, limit: 10 },
  ]);
});
