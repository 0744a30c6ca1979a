import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { selectorsMatch } from "./selectors-match.ts";

testRule(selectorsMatch, {
  "autoscaler-without-target": ["autoscaler-target-missing", "autoscaler-target-missing"],
  "budget-and-policy-without-pods": [
    "budget-selects-nothing",
    "policy-selects-nothing",
    "policy-selects-nothing",
  ],
  "service-of-two": ["service-selects-several", "service-selects-several"],
  "service-of-two-roles": ["service-selects-several"],
  "service-without-pods": ["service-selects-nothing", "service-selects-nothing"],
  "template-not-selected": ["template-not-selected", "template-not-selected"],
  "ok-one-pod-of-a-set": [],
  "ok-pods-that-nobody-renders": ["unchecked", "unchecked"],
  "ok-several-workloads": [],
  "ok-without-selector": [],
  "drain-of-the-only-pod": ["budget-blocks-drain"],
  "drain-without-exception": ["budget-blocks-drain"],
  "drain-of-a-share": ["budget-blocks-drain"],
  "ok-drain": [],
  "ok-drain-of-agents": [],
  "ok-drain-of-none": [],
  "ok-drain-scaled": [],
});

test("names the workload that comes nearest", () => {
  expect(checkRule(selectorsMatch, "budget-and-policy-without-pods")[0]).toMatchObject({
    path: "spec.selector",
    actual: "app.kubernetes.io/name: stores",
    limit: "app.kubernetes.io/name: store",
    fix: "If Deployment data/store is meant, write its labels: app.kubernetes.io/name: store.",
  });
});

test("without a plan, pods that an operator may make are unchecked", () => {
  const service =
    "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: n}, spec: {selector: {app: a}}}";
  const pod =
    "{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: n}, spec: {containers: [{name: b}]}}";
  const custom = "{apiVersion: example.org/v1, kind: Cluster, metadata: {name: a, namespace: n}}";
  const check = (...documents: string[]) => [
    ...selectorsMatch.check(createContext(parseManifests(documents.join("\n---\n"), "-"), undefined)),
  ];
  expect(check(service, pod)).toMatchObject([{ code: "service-selects-nothing" }]);
  expect(check(service, pod, custom)).toMatchObject([{ unchecked: expect.stringContaining("operator") }]);
  expect(check(service)).toMatchObject([{ unchecked: expect.stringContaining("no workload") }]);
});
