import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { evictionOrder } from "./eviction-order.ts";

testRule(evictionOrder, {
  "ok-all-request-enough": [],
  "ok-guaranteed-database": [],
  "ok-small-but-less-important": [],
  "ok-job": [],
  "ok-node-critical": [],
  "tiny-request": ["killed-before-less-important"],
  "sidecar-beside-tiny-app": ["killed-before-less-important"],
  "no-request": ["evicted-before-less-important"],
  "cpu-request-only": ["evicted-before-less-important"],
  "dependency-below": ["dependency-less-important"],
  tie: ["classes-tie"],
  "default-too-high": ["default-outranks"],
});

test("explains the kernel's score and the least request that helps", () => {
  expect(checkRule(evictionOrder, "tiny-request")).toMatchObject([
    {
      path: "spec.template.spec.containers[0].resources.requests.memory",
      message:
        "container app (priority 900) requests 4 Mi and gets oom_score_adj 999; Deployment apps/web (priority 800) is Guaranteed, gets −997 and outlives it",
      actual: "4 Mi",
      limit: "8 Mi",
      fix: "request at least 8Mi, a thousandth of the node's memory, or give Deployment apps/web a request below its limit",
    },
  ]);
});
