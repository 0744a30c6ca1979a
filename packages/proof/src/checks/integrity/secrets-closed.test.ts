import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { secretsClosed } from "./secrets-closed.ts";

testRule(secretsClosed, {
  "component-disabled": ["missing-secret"],
  "entry-disabled": ["missing-secret"],
  "job-of-another-ledger": [
    "generates-something-else",
    "generates-something-else",
    "generates-something-else",
    "generates-something-else",
  ],
  "job-suspended": ["missing-generator"],
  "job-without-ledger": ["generates-something-else"],
  "job-without-rights": ["generator-forbidden", "generator-forbidden"],
  "key-not-made": ["missing-secret-key", "missing-secret-key", "unchecked"],
  "no-job": ["missing-generator"],
  "nobody-reads-the-key": ["unused-secret-key", "unchecked"],
  "nobody-uses-it": ["unused-secret", "unused-secret", "unchecked"],
  "not-in-the-ledger": ["missing-secret", "missing-secret", "missing-secret", "missing-secret", "unchecked"],
  "other-namespace": ["missing-secret", "unchecked"],
  "run-time-pod-reads-another-key": [
    "missing-secret-key",
    "missing-secret",
    "unused-secret-key",
    "unchecked",
  ],
  "secret-only-mentioned": ["unused-secret", "unchecked"],
  "ok-closed": ["unchecked"],
  "ok-for-pods-made-at-run-time": ["unchecked"],
  "ok-generated": [],
  "ok-generated-by-cluster-roles": [],
  "ok-optional-and-rendered": [],
});

test("says in which namespaces the ledger makes the secret", () => {
  expect(checkRule(secretsClosed, "other-namespace")[0]).toMatchObject({
    path: "spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name",
    message: expect.stringContaining("which the ledger makes only in data"),
    fix: "Add apps to global.secrets.ledger.store-auth.namespaces.",
  });
});

test("points a product without a consumer at its values path", () => {
  expect(checkRule(secretsClosed, "nobody-reads-the-key")[0]).toMatchObject({
    path: "global.secrets.ledger.store-auth.keys.username",
    object: { namespace: "data", name: "store-auth" },
  });
});

test("tells a disabled owner from an unknown secret", () => {
  expect(checkRule(secretsClosed, "component-disabled")).toMatchObject([
    { fix: "Enable store, or let a component that runs own the secret." },
  ]);
});

test("tells a disabled entry from a disabled owner", () => {
  expect(checkRule(secretsClosed, "entry-disabled")).toMatchObject([
    { fix: "Enable global.secrets.ledger.store-auth, or do without it." },
  ]);
});

test("lists once what the owner has to supply", () => {
  expect(checkRule(secretsClosed, "ok-closed")).toEqual([
    { unchecked: "Secrets supplied by the owner: store-auth, dashboard-users" },
  ]);
});

test("says what the Job's ledger has otherwise than the plan's", () => {
  expect(checkRule(secretsClosed, "job-of-another-ledger")).toMatchObject([
    { message: expect.stringMatching(/store-auth in platform, apps, .* wants it in data/) },
    { message: expect.stringMatching(/without the key username/) },
    { message: expect.stringMatching(/length of key password/) },
    { message: expect.stringMatching(/old-auth, which the plan's ledger does not have/) },
  ]);
});

test("says which rights are missing where", () => {
  const path = "spec.template.spec.serviceAccountName";
  expect(checkRule(secretsClosed, "job-without-rights")).toMatchObject([
    { path, message: expect.stringContaining("platform/store-auth"), actual: "get, create, patch" },
    { path, message: expect.stringContaining("data/store-auth"), actual: "create, patch" },
  ]);
});
