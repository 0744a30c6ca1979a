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
  "creates-pods": ["pod-creator-undeclared"],
  "creates-jobs-everywhere": ["pod-creator-undeclared"],
  "cluster-admin": ["pod-creator-undeclared"],
  "default-account": ["pod-creator-undeclared"],
  "projected-token": ["pod-creator-undeclared"],
  "entry-disabled": ["pod-creator-undeclared"],
  "owner-renamed": ["owner-missing"],
  "formula-without-object": ["count-unresolved"],
  "formula-without-match": ["count-unresolved", "count-unresolved", "count-unresolved"],
  "unquotaed-and-undeclared": ["namespace-undeclared"],
  "more-than-the-budget": ["exceeds-budget"],
  "surge-above-budget": ["exceeds-budget"],
});

test("names the right and the owner that is missing", () => {
  expect(checkRule(dynamicPodsDeclared, "creates-jobs-everywhere")).toMatchObject([
    {
      manifest: { kind: "Deployment", name: "hub" },
      message:
        "ClusterRoleBinding runner lets it create batch/jobs, batch/cronjobs, but no enabled entry of global.dynamicPods names «Deployment apps/hub» as owner",
    },
  ]);
});

test("counts the surge of declared pods", () => {
  expect(checkRule(dynamicPodsDeclared, "surge-above-budget")).toMatchObject([
    { actual: "340 Mi", limit: "256 Mi" },
  ]);
});
