import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { leastRbac } from "./least-rbac.ts";

testRule(leastRbac, {
  "ok-what-is-used": [],
  "ok-named-objects": [],
  "ok-cluster-role-in-one-namespace": [],
  "ok-applied-by-name": [],
  "ok-token-by-subresource": [],
  "ok-gathered": [],
  "ok-gathered-by-a-rendered-role": [],
  "ok-same-component": [],
  "ok-custom-resource": [],
  "ok-namespaces-by-role": [],
  "ok-view": [],
  "wildcard-verbs": ["wildcard"],
  "wildcards-everywhere": ["wildcard", "wildcard", "wildcard", "wildcard"],
  "escalate-and-bind": ["escalates", "escalates"],
  impersonate: ["escalates", "escalates"],
  "token-of-any-account": ["escalates"],
  "nodes-proxy": ["escalates"],
  "webhooks-and-volumes": ["escalates", "escalates", "escalates", "escalates"],
  "secrets-everywhere": ["cluster-wide-secrets"],
  "secrets-by-all-verbs": ["wildcard", "cluster-wide-secrets"],
  "secrets-through-a-gathering-role": ["cluster-wide-secrets"],
  "workloads-everywhere": [
    "cluster-wide-workloads",
    "cluster-wide-workloads",
    "cluster-wide-workloads",
    "cluster-wide-workloads",
  ],
  "lock-everywhere": ["wider-than-named"],
  singular: ["unknown-resource", "unknown-resource", "unknown-resource", "unknown-verb"],
  "group-of-nobody": ["unknown-resource"],
  "undefined-custom-resource": ["unknown-resource"],
  "create-by-name": ["grants-nothing"],
  "nodes-by-role": ["grants-nothing"],
  "urls-by-role-binding": ["grants-nothing"],
  "cluster-admin": ["powerful-role"],
  "edit-in-one-namespace": ["powerful-role"],
  masters: ["powerful-role"],
  everybody: ["shared-subject", "shared-subject", "shared-subject"],
  "default-account": ["shared-subject", "shared-subject"],
  "account-of-another-component": ["foreign-subject"],
  nobody: ["bound-to-nobody", "bound-to-nobody"],
});

test("points to the rule and says what its holder can do", () => {
  expect(checkRule(leastRbac, "secrets-everywhere")).toMatchObject([
    {
      path: "rules[0]",
      actual: "get, list, watch on secrets",
      message: "whoever holds it reaches every Secret of every namespace: get, list, watch on secrets",
    },
  ]);
});

test("says what was meant by a name that nothing has", () => {
  expect(checkRule(leastRbac, "singular")).toMatchObject([
    { path: "rules[0].resources[0]", actual: "deployment", fix: "Write deployments." },
    { path: "rules[1].resources[0]", fix: "Write the group apps." },
    { path: "rules[2].resources[0]", fix: "Write pods/log." },
    { path: "rules[3].verbs[0]", fix: "Write list." },
  ]);
});

test("of a foreign stream, does not say who holds a role, nor what half a set of definitions has", () => {
  const stream = parseManifests(
    `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org }
spec: { group: example.org, names: { kind: Widget, plural: widgets } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: web }
rules:
  - { apiGroups: [example.org], resources: [gadgets], verbs: [get] }
`,
    "stream.yaml",
  );
  expect([...leastRbac.check(createContext(stream, undefined))]).toMatchObject([
    { unchecked: "who holds the role: no binding is rendered" },
  ]);
});
