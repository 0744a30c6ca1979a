import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
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
  "required-left-out": ["missing-field", "missing-field", "missing-field", "missing-field"],
  roles: ["invalid-value", "invalid-value", "missing-field", "missing-field", "conflicting-fields"],
  "services-and-autoscalers": [
    "missing-field",
    "invalid-value",
    "missing-field",
    "conflicting-fields",
    "invalid-value",
  ],
  "unknown-kinds": ["unknown-kind", "unknown-kind"],
  "unquoted-values": ["wrong-type", "wrong-type", "wrong-type", "wrong-type"],
  "ok-foreign-kind": ["unchecked"],
  "ok-nulls-and-numbers": [],
  "ok-open-custom-resource": [],
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
