import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { secretsClosed } from "./secrets-closed.ts";

testRule(secretsClosed, {
  "component-disabled": ["missing-secret"],
  "key-not-made": ["missing-secret-key", "missing-secret-key"],
  "nobody-reads-the-key": ["unused-secret-key"],
  "nobody-uses-it": ["unused-secret", "unused-secret"],
  "not-in-the-ledger": ["missing-secret", "missing-secret", "missing-secret", "missing-secret"],
  "other-namespace": ["missing-secret"],
  "ok-closed": [],
  "ok-optional-and-rendered": [],
});

test("says in which namespaces the ledger makes the secret", () => {
  expect(checkRule(secretsClosed, "other-namespace")).toMatchObject([
    {
      path: "spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name",
      message: expect.stringContaining("which the ledger makes only in data"),
      fix: "Add apps to global.secrets.ledger.store-auth.namespaces.",
    },
  ]);
});

test("points a product without a consumer at its values path", () => {
  expect(checkRule(secretsClosed, "nobody-reads-the-key")).toMatchObject([
    {
      path: "global.secrets.ledger.store-auth.keys.username",
      object: { namespace: "data", name: "store-auth" },
    },
  ]);
});

test("tells a disabled owner from an unknown secret", () => {
  expect(checkRule(secretsClosed, "component-disabled")).toMatchObject([
    { fix: "Enable store, or let a component that runs own the secret." },
  ]);
});
