import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { evictionOrder } from "./eviction-order.ts";

testRule(evictionOrder, {
  "ok-all-request-enough": [],
  "ok-guaranteed-database": [],
  "ok-small-but-less-important": [],
  "ok-job": [],
  "ok-node-critical": [],
  "ok-an-eighth": [],
  "tiny-request": ["killed-before-less-important"],
  "sidecar-beside-tiny-app": ["killed-before-less-important"],
  "request-says-nothing": ["request-says-nothing"],
  "nobody-less-important-yet": ["request-says-nothing"],
  "pod-level-limit": ["request-says-nothing"],
  "no-request": ["evicted-before-less-important"],
  "cpu-request-only": ["evicted-before-less-important"],
  "dependency-below": ["dependency-less-important"],
  "dependency-disabled": ["dependency-less-important"],
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

test("compares the use of the limit with somebody less important who keeps to the request", () => {
  expect(checkRule(evictionOrder, "request-says-nothing")).toMatchObject([
    {
      path: "spec.template.spec.containers[0].resources.requests.memory",
      message:
        "container app (priority 900) requests 16 Mi of its limit of 2 Gi: oom_score_adj 998, 1256 points when it uses the limit; Deployment apps/web (priority 800) has 1000 while it keeps to its request, and outlives it",
      actual: "16 Mi",
      limit: "256 Mi",
      fix: "request at least 256Mi, an eighth of the limit; better what it uses",
    },
  ]);
  expect(checkRule(evictionOrder, "nobody-less-important-yet")).toMatchObject([
    { message: expect.stringContaining("a pod of class apps (priority 800) has 1000") },
  ]);
});
