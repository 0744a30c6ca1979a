import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { validObject } from "./valid-object.ts";

testRule(validObject, {
  "bad-names": [
    "invalid-value",
    "invalid-value",
    "invalid-value",
    "invalid-value",
    "invalid-value",
    "missing-field",
  ],
  "bad-quantities": ["invalid-value", "invalid-value"],
  "custom-resources": [
    "unknown-field",
    "wrong-type",
    "missing-field",
    "unknown-field",
    "missing-field",
    "invalid-value",
    "invalid-value",
    "invalid-value",
    "missing-field",
    "invalid-value",
    "unserved-version",
  ],
  "data-and-secrets": [
    "invalid-value",
    "missing-field",
    "conflicting-fields",
    "missing-field",
    "invalid-value",
  ],
  "duplicate-entries": ["duplicate-entry", "duplicate-entry", "duplicate-entry", "duplicate-entry"],
  "deployment-deadlines": ["invalid-value", "invalid-value"],
  "duplicate-keys": ["duplicate-key", "duplicate-key", "duplicate-key"],
  "exclusive-fields": [
    "conflicting-fields",
    "conflicting-fields",
    "conflicting-fields",
    "conflicting-fields",
  ],
  jobs: ["invalid-value", "invalid-value", "invalid-value", "invalid-value", "invalid-value"],
  "misspelt-fields": ["unknown-field", "unknown-field", "unknown-field"],
  "mount-without-volume": ["missing-volume"],
  "network-policies": [
    "missing-field",
    "invalid-value",
    "invalid-value",
    "conflicting-fields",
    "invalid-value",
    "invalid-value",
  ],
  "pod-resources": ["invalid-value", "invalid-value", "invalid-value"],
  "outside-enumeration": ["invalid-value", "invalid-value", "invalid-value", "invalid-value"],
  "probes-and-hooks": [
    "conflicting-fields",
    "conflicting-fields",
    "conflicting-fields",
    "invalid-value",
    "conflicting-fields",
  ],
  "removed-versions": ["unserved-version", "unserved-version", "unserved-version"],
  "requests-above-limits": ["requests-exceed-limits"],
  "required-left-out": [
    "missing-field",
    "missing-field",
    "missing-field",
    "missing-field",
    "missing-field",
    "missing-field",
  ],
  roles: ["invalid-value", "invalid-value", "missing-field", "missing-field", "conflicting-fields"],
  "services-and-autoscalers": [
    "missing-field",
    "invalid-value",
    "missing-field",
    "conflicting-fields",
    "invalid-value",
  ],
  "unknown-kinds": ["unknown-kind", "unknown-kind"],
  "uncounted-pods": [
    "unchecked",
    "unknown-kind-makes-pods",
    "unchecked",
    "unknown-kind-makes-pods",
    "unchecked",
    "unknown-kind-makes-pods",
    "unchecked",
    "unknown-kind-makes-pods",
    "unknown-kind-makes-pods",
  ],
  "unquoted-values": ["wrong-type", "wrong-type", "wrong-type", "wrong-type"],
  "ok-counted-pods": ["unchecked", "unchecked", "unchecked"],
  "ok-foreign-kind": ["unchecked"],
  "ok-merge-keys": [],
  "ok-nulls-and-numbers": [],
  "ok-open-custom-resource": [],
  "ok-pod-resources": [],
  "ok-sidecars-and-cron": [],
  "ok-unusual-names": [],
});

test("names the nearest field and how to write it", () => {
  expect(checkRule(validObject, "misspelt-fields")[0]).toMatchObject({
    path: "spec.template.spec.containers[0].resources.limit",
    actual: "limit",
    limit: "limits",
    fix: "Rename it to limits.",
  });
});

test("says where a removed version went", () => {
  const [budget, ingress, policy] = checkRule(validObject, "removed-versions");
  expect(budget).toMatchObject({ actual: "policy/v1beta1", limit: "policy/v1" });
  expect(ingress).toMatchObject({ actual: "extensions/v1beta1", limit: "networking.k8s.io/v1" });
  expect(policy).toMatchObject({ fix: expect.stringContaining("pod-security.kubernetes.io/enforce") });
});

test("compares requests and limits as amounts", () => {
  expect(checkRule(validObject, "requests-above-limits")).toMatchObject([
    { path: "spec.template.spec.containers[0].resources.requests.memory", actual: "1Gi", limit: "1000Mi" },
  ]);
});

test("says where a key stands twice, in the item of a List too", () => {
  expect(checkRule(validObject, "duplicate-keys")).toMatchObject([
    { path: "spec.template.spec.containers[0].resources.limits.memory", actual: "line 16" },
    { path: "kind", manifest: { kind: "ConfigMap" } },
    { path: "metadata.labels.app", manifest: { name: "second" }, actual: "line 36" },
  ]);
});

test("holds a pod's own resources against those of its containers", () => {
  expect(checkRule(validObject, "pod-resources")).toMatchObject([
    { path: "spec.template.spec.containers[0].resources.limits.memory", actual: "768Mi" },
    { path: "spec.template.spec.resources.requests.cpu", actual: "100m", fix: "Raise it to 150m." },
    { path: "spec.resources.limits.memory", actual: "128Mi", fix: "Raise it to 200Mi." },
  ]);
});

test("names what a custom object does to pods, and how to count them", () => {
  const found = checkRule(validObject, "uncounted-pods").filter((result) => "code" in result);
  expect(found).toMatchObject([
    { path: "spec.template", fix: expect.stringContaining("owner «Rollout apps/web»") },
    { path: "spec.template" },
    { path: "spec.scaleTargetRef", message: expect.stringContaining("of Deployment web") },
    { path: "spec.targetRef", fix: expect.stringContaining('updateMode: "Off"') },
    { path: "spec.tfReplicaSpecs.Worker.template" },
  ]);
});

test("without a plan, what a custom object does to pods is left unchecked with its kind", () => {
  const rollout =
    "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: a}, spec: {template: {spec: {containers: [{name: a}]}}}}";
  const found = [...validObject.check(createContext(parseManifests(rollout, "-"), undefined))];
  expect(found).toMatchObject([{ unchecked: expect.stringContaining("Rollout") }]);
});
