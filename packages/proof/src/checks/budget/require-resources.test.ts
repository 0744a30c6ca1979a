import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { requireResources } from "./require-resources.ts";

testRule(requireResources, {
  "ok-explicit": [],
  "ok-limits-only": [],
  "ok-cpu-from-limit-range": [],
  "ok-pod-level": [],
  "ok-yaml-numbers": [],
  "bare-container": [
    "memory-limit-missing",
    "memory-request-missing",
    "cpu-limit-missing",
    "cpu-request-missing",
  ],
  "init-container-forgotten": ["memory-limit-missing", "memory-request-missing"],
  "sidecar-without-limits": ["memory-limit-missing", "cpu-limit-missing"],
  "limit-range-alone": ["memory-limit-missing"],
  "zero-is-no-limit": ["memory-limit-missing"],
  "units-of-other-tools": ["unreadable-quantity", "memory-limit-missing"],
  "milli-bytes": ["fraction-of-a-byte"],
  "request-above-limit": ["request-exceeds-limit"],
});

test("says which container, what and where", () => {
  const [found] = checkRule(requireResources, "request-above-limit");
  expect(found).toMatchObject({
    path: "spec.template.spec.containers[0].resources.requests.memory",
    message: "container app requests 1 Gi of memory, more than its limit of 512 Mi",
    actual: "1 Gi",
    limit: "512 Mi",
  });
});
