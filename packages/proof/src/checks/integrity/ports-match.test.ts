import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { portsMatch } from "./ports-match.ts";

testRule(portsMatch, {
  "backend-ports": ["missing-backend-port", "missing-backend-port"],
  "policy-ports": ["missing-policy-port", "missing-policy-port"],
  "port-taken-twice": ["port-taken-twice"],
  "probe-ports": ["missing-probe-port", "missing-probe-port", "missing-probe-port"],
  "target-ports": [
    "missing-target-port",
    "missing-target-port",
    "missing-target-port",
    "missing-target-port",
  ],
  "webhook-ports": ["missing-webhook-port", "missing-webhook-port"],
  "ok-no-pods": [],
  "ok-numbers-and-names": [],
  "ok-pods-without-ports": [],
  "ok-sidecar-ports": [],
});

test("lists what the pods declare and names the nearest", () => {
  expect(checkRule(portsMatch, "target-ports")[0]).toMatchObject({
    path: "spec.ports[0].targetPort",
    actual: "rediss",
    limit: "redis",
    message: expect.stringContaining("redis (6379), metrics (9121)"),
    fix: "Write redis.",
  });
});

test("takes 443 for a webhook that names no port", () => {
  expect(checkRule(portsMatch, "webhook-ports")[0]).toMatchObject({ actual: 443, limit: "https 8443" });
});
