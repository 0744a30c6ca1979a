import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { dynamicPodsDeclared } from "./dynamic-pods-declared.ts";

testRule(dynamicPodsDeclared, {
  "ok-declared": [],
  "ok-reads-pods-only": [],
  "ok-formula": [],
  "ok-formula-from-env": [],
  "ok-account-without-token": [],
  "ok-component-off": [],
  "ok-aggregates-readers": [],
  "ok-patches-status": [],
  "creates-pods": ["pod-creator-undeclared"],
  "creates-jobs-everywhere": ["pod-creator-undeclared"],
  "cluster-admin": ["pod-creator-undeclared"],
  "default-account": ["pod-creator-undeclared"],
  "projected-token": ["pod-creator-undeclared"],
  "aggregated-role": ["pod-creator-undeclared"],
  "aggregates-edit": ["pod-creator-undeclared"],
  "account-as-user": ["pod-creator-undeclared"],
  "scales-deployments": ["pod-creator-undeclared"],
  "patches-stateful-sets": ["pod-creator-undeclared"],
  "entry-disabled": ["pod-creator-undeclared"],
  "owner-renamed": ["owner-missing"],
  "formula-without-object": ["count-unresolved"],
  "formula-without-match": ["count-unresolved", "count-unresolved", "count-unresolved"],
  "unquotaed-and-undeclared": ["namespace-undeclared"],
  "more-than-the-budget": ["exceeds-budget"],
  "surge-above-budget": ["exceeds-budget"],
  "cpu-limits-above-budget": ["exceeds-budget"],
  "requests-and-pods-above-budget": ["exceeds-budget", "exceeds-budget"],
  "terminating-above-budget": ["exceeds-budget"],
});

test("names the right and the owner that is missing", () => {
  expect(checkRule(dynamicPodsDeclared, "creates-jobs-everywhere")).toMatchObject([
    {
      manifest: { kind: "Deployment", name: "hub" },
      message:
        "ClusterRoleBinding runner lets it create batch/jobs, create batch/cronjobs, but no enabled entry of global.dynamicPods names «Deployment apps/hub» as owner",
    },
  ]);
});

test("says which right makes pods", () => {
  expect(checkRule(dynamicPodsDeclared, "scales-deployments")).toMatchObject([
    { message: expect.stringContaining("RoleBinding apps/hub lets it patch apps/deployments/scale, but no") },
  ]);
});

test("holds CPU and the number of pods against the budget too", () => {
  expect(checkRule(dynamicPodsDeclared, "cpu-limits-above-budget")).toMatchObject([
    {
      path: "global.namespaces.kube-system.budget.cpuLimits",
      message:
        "at the worst moment rendered and dynamic pods of kube-system take CPU limits 1100m, the budget is 1",
      fix: "raise the budget by 100m, or make the pods fewer or smaller",
    },
  ]);
  expect(checkRule(dynamicPodsDeclared, "requests-and-pods-above-budget")).toMatchObject([
    { actual: "350m", limit: "200m" },
    { actual: "7", limit: "5" },
  ]);
});

test("counts the surge of declared pods", () => {
  expect(checkRule(dynamicPodsDeclared, "surge-above-budget")).toMatchObject([
    { actual: "340 Mi", limit: "256 Mi" },
  ]);
});
