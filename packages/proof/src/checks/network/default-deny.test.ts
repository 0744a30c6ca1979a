import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { defaultDeny } from "./default-deny.ts";

testRule(defaultDeny, {
  "ok-both-directions": [],
  "ok-one-policy-per-direction": [],
  "ok-dns-for-every-pod": [],
  "ok-deny-ingress": [],
  "ok-open-namespace": [],
  "ok-component-without-egress": [],
  "no-policy": ["missing-default-deny"],
  "only-dns-for-every-pod": ["missing-default-deny"],
  "types-left-out": ["direction-left-open"],
  "egress-not-among-types": ["direction-left-open"],
  "ingress-not-among-types": ["direction-left-open"],
  "selects-some-pods": ["selects-some-pods"],
  "wrong-namespace": ["missing-default-deny", "namespace-not-planned"],
  "open-namespace-denied": ["namespace-not-planned"],
  "without-namespace": ["missing-default-deny", "namespace-not-planned"],
  "empty-from": ["allows-everything"],
  "whole-internet": ["allows-everything"],
  "every-namespace": ["allows-everything"],
  "plan-leaves-open": ["open-namespace"],
  "null-rule": ["direction-left-open", "allows-everything"],
});

test("says which direction is open and what to write", () => {
  expect(checkRule(defaultDeny, "types-left-out")).toMatchObject([
    {
      code: "direction-left-open",
      manifest: { name: "default-deny", namespace: "apps" },
      path: "spec.policyTypes",
      message: "the policy denies for every pod of apps, but leaves Egress open",
      actual: "Ingress",
      limit: "Ingress, Egress",
      fix: expect.stringContaining("policyTypes: [Ingress, Egress]"),
    },
  ]);
});

test("names the peer that opens a namespace", () => {
  expect(checkRule(defaultDeny, "every-namespace")).toMatchObject([
    { manifest: { name: "clients" }, path: "spec.ingress[0].from[1]" },
  ]);
});

test("asks for the reason why the plan leaves a namespace open", () => {
  expect(checkRule(defaultDeny, "plan-leaves-open")).toMatchObject([
    {
      object: { kind: "Namespace", name: "apps" },
      path: "global.namespaces.apps.network",
      actual: "open",
      limit: "default-deny",
    },
  ]);
});
