import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { quotaFits } from "./quota-fits.ts";

testRule(quotaFits, {
  "ok-recreate-fills-quota": [],
  "ok-stateful-set-fills-quota": [],
  "ok-one-rollout-at-a-time": [],
  "ok-other-scope": [],
  "ok-suspended": [],
  "ok-no-node-ports": [],
  "ok-init-step-is-the-peak": [],
  "ok-ephemeral-claims": [],
  "steady-too-big": ["steady-exceeds-quota"],
  "rollout-too-big": ["rollout-exceeds-quota"],
  "job-too-big": ["jobs-exceed-quota"],
  "terminating-too-big": ["terminating-exceeds-quota"],
  "job-replaced-while-terminating": ["terminating-exceeds-quota"],
  autoscaled: ["steady-exceeds-quota"],
  "sidecar-counted-again": ["steady-exceeds-quota"],
  "runtime-overhead": ["steady-exceeds-quota"],
  "claims-too-big": ["objects-exceed-quota", "objects-exceed-quota"],
  "ephemeral-claims": ["objects-exceed-quota"],
  "ephemeral-claims-of-finished-runs": ["objects-exceed-quota"],
  "node-ports": ["objects-exceed-quota"],
  "must-specify": ["resource-not-specified"],
  "limit-range-maximum": ["limit-range-refuses", "limit-range-refuses", "limit-range-refuses"],
  "limit-range-minimum": ["limit-range-refuses", "limit-range-refuses"],
  "jobs-without-end": ["jobs-unlimited"],
  "overlapping-runs": ["jobs-exceed-quota"],
  "planned-quota-only": [
    "steady-exceeds-quota",
    "steady-exceeds-quota",
    "steady-exceeds-quota",
    "steady-exceeds-quota",
  ],
  "dynamic-pods-count": ["steady-exceeds-quota"],
  "unreadable-quota": ["unchecked", "unchecked"],
});

test("a rollout names its workload, both figures and the smallest quota that suffices", () => {
  expect(checkRule(quotaFits, "rollout-too-big")).toMatchObject([
    {
      path: "spec.hard[limits.memory]",
      message:
        "ResourceQuota data/data: during the rollout of Deployment data/db its workloads need limits.memory 1.5 Gi, 512 Mi more than 1 Gi",
      actual: "1.5 Gi",
      limit: "1 Gi",
      fix: "the smallest quota that suffices is limits.memory: 1536Mi",
    },
  ]);
});

test("a claim is charged in whole bytes, once per replica", () => {
  expect(checkRule(quotaFits, "claims-too-big")).toMatchObject([
    { actual: "24 Gi", limit: "20 Gi" },
    { actual: "3", limit: "2" },
  ]);
  // One ephemeral volume per pod: twice two replicas, or one run and four that are kept.
  expect(checkRule(quotaFits, "ephemeral-claims")).toMatchObject([{ actual: "24 Gi", limit: "20 Gi" }]);
  expect(checkRule(quotaFits, "ephemeral-claims-of-finished-runs")).toMatchObject([{ actual: "25 Gi" }]);
});

test("without a rendered quota the finding points at the plan", () => {
  expect(checkRule(quotaFits, "planned-quota-only")[0]).toMatchObject({
    object: { kind: "Namespace", name: "data" },
    path: "global.namespaces.data.budget",
    actual: "6 Gi",
    limit: "4 Gi",
  });
});

test("a LimitRange's ratio is a plain number", () => {
  expect(checkRule(quotaFits, "limit-range-maximum")[1]).toMatchObject({ actual: "4", limit: "2" });
});
