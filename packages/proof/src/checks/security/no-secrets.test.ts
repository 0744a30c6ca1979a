import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { noSecrets } from "./no-secrets.ts";
import { isLiteralSecret, isSecretName } from "./secret-material/literal-passwords.ts";

testRule(noSecrets, {
  "ok-references": [],
  "ok-settings": [],
  "ok-public": [],
  "ok-documented-example": [],
  "ok-empty-secret": [],
  "ok-sealed": [],
  "ok-shell": [],
  "ok-ledger-names": [],
  "secret-with-content": ["secret-object", "secret-object"],
  "password-in-variable": ["literal-password", "literal-password"],
  "password-in-argument": ["literal-password", "literal-password"],
  "password-in-file": ["literal-password", "literal-password", "literal-password"],
  "password-as-key": ["literal-password"],
  "url-with-password": ["url-with-password", "url-with-password"],
  "private-key-in-file": ["private-key"],
  "private-key-encoded": ["private-key"],
  "access-key": ["access-key"],
  "password-in-shell": Array(7).fill("literal-password"),
  "password-in-directive": Array(5).fill("literal-password"),
  "password-in-application": Array(4).fill("literal-password"),
  "ledger-literal": ["literal-password", "literal-password"],
  tokens: ["token", "token"],
  "hash-in-annotation": ["password-hash", "password-hash"],
});

test("says where the secret is, and never what it is", () => {
  const findings = checkRule(noSecrets, "password-in-variable");
  expect(findings[0]).toMatchObject({
    code: "literal-password",
    manifest: { kind: "Deployment", name: "store", namespace: "data" },
    path: "spec.template.spec.containers[0].env[0].value",
    message: "variable POSTGRES_PASSWORD holds its value as text",
    fix: expect.stringContaining("global.secrets.ledger"),
  });
  for (const finding of findings)
    expect({ ...finding, manifest: undefined }).not.toMatchObject({ actual: "hunter2" });
  expect(findings.map((finding) => ("message" in finding ? finding.message : "")).join()).not.toContain(
    "hunter2",
  );
});

test.each([
  "PASSWORD",
  "MLFLOW_TRACKING_PASSWORD",
  "PGPASSWORD",
  "passphrase",
  "client_secret",
  "clientSecret",
  "adminPassword",
  "SECRET_KEY",
  "apiKey",
  "auth-token",
  "requirepass",
])("%s is the name of a secret", (name) => expect(isSecretName(name)).toBe(true));

test.each([
  "PASSWORD_FILE",
  "SECRET_NAME",
  "passwordSecretRef",
  "maxTokens",
  "TOKENIZER",
  "cache-key",
  "KEY",
  "primary_key",
  "max_tokens",
  "password-encryption",
])("%s is not the name of a secret", (name) => expect(isSecretName(name)).toBe(false));

test.each([
  "",
  " ",
  "$(PASSWORD)",
  `$${"{PASSWORD}"}`,
  "{{ .Values.password }}",
  "<password>",
  "***",
  "xxxx",
  "/run/secrets/x",
  "true",
  "null",
])("%j stands in place of a secret", (value) => expect(isLiteralSecret(value)).toBe(false));
