import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { createContext } from "../context.ts";
import { noTokenByDefault } from "./no-token-by-default.ts";

testRule(noTokenByDefault, {
  "ok-no-token": [],
  "ok-pod-refuses": [],
  "ok-with-rights": [],
  "ok-rights-of-the-group": [],
  "ok-other-audience": [],
  "ok-one-of-two-pods": [],
  "ok-projected-with-rights": [],
  "by-default": ["account-mounts-token", "token-without-rights"],
  "asked-for-without-rights": ["token-without-rights"],
  "projected-without-rights": ["token-without-rights"],
  "default-account": ["token-of-default"],
  "default-account-with-rights": ["token-of-default"],
  "account-set-to-true": ["account-mounts-token"],
  "legacy-secret": ["token-secret"],
  "rights-without-token": ["rights-without-token"],
  "cron-job": ["account-mounts-token", "token-without-rights"],
});

test("points to the field that mounts the token", () => {
  expect(checkRule(noTokenByDefault, "projected-without-rights")).toMatchObject([
    { path: "spec.template.spec.volumes[0].projected.sources[0].serviceAccountToken" },
  ]);
  expect(checkRule(noTokenByDefault, "cron-job")[1]).toMatchObject({
    path: "spec.jobTemplate.spec.template.spec.automountServiceAccountToken",
    message: "the pods carry a token of ServiceAccount apps/sweep, which no rendered role is bound to",
  });
});

test("does not judge an account that a foreign stream leaves to others", () => {
  const stream = parseManifests(
    `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { serviceAccountName: elsewhere, containers: [{ name: main, image: registry.example.org/web:1.0 }] }
`,
    "stream.yaml",
  );
  expect([...noTokenByDefault.check(createContext(stream, undefined))]).toMatchObject([
    {
      unchecked: expect.stringContaining("ServiceAccount default/elsewhere and its rights are not rendered"),
    },
  ]);
});
