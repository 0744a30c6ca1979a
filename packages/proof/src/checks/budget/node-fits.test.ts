import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { nodeFits } from "./node-fits.ts";

testRule(nodeFits, {
  "ok-fits": [],
  "ok-cpu-limits-overcommitted": [],
  "ok-pods-of-quotas-are-no-sum": [],
  "memory-budgets": ["memory-overcommitted"],
  "eviction-threshold-raised": ["memory-overcommitted"],
  "cpu-requests": ["cpu-requests-overcommitted"],
  "too-many-pods": ["too-many-pods"],
  storage: ["storage-overcommitted"],
  "claims-without-quota": ["storage-overcommitted"],
  "pods-without-quota": ["memory-overcommitted"],
  "unknown-namespace": ["unknown-namespace"],
  "temporary-volumes": ["scratch-overcommitted"],
  "ok-temporary-volumes": [],
});

test("names both figures and the largest namespaces", () => {
  expect(checkRule(nodeFits, "memory-budgets")).toMatchObject([
    {
      path: "global.node.memory",
      message:
        "the namespaces together take memory limits 6.75 Gi, 256 Mi more than the node's 6.5 Gi (data 5 Gi, apps 1.5 Gi, kube-system 256 Mi)",
      actual: "6.75 Gi",
      limit: "6.5 Gi",
      fix: "take 256 Mi from the namespaces",
    },
  ]);
  expect(checkRule(nodeFits, "cpu-requests")).toMatchObject([{ actual: "3700m", limit: "3500m" }]);
  // Forty replicas, one declared pod of kube-system, and the budget of the empty namespace.
  expect(checkRule(nodeFits, "too-many-pods")).toMatchObject([{ actual: "51", limit: "20" }]);
});
