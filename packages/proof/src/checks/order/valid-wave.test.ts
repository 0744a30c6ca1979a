import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { validWave } from "./valid-wave.ts";

testRule(validWave, {
  misread: ["not-an-integer", "not-an-integer", "not-an-integer", "not-an-integer"],
  unquoted: ["not-a-string"],
  "far-away": ["out-of-range", "out-of-range"],
  "weight-without-hook": ["weight-as-wave"],
  "namespace-after-its-objects": ["overridden-wave"],
  "crd-after-its-resource": ["overridden-wave"],
  "unknown-hooks": ["unknown-hook", "unknown-hook", "unknown-hook"],
  "rollback-hook": ["hook-never-runs"],
  "one-time-hooks": ["hook-runs-on-every-sync", "hook-runs-on-every-sync"],
  "ok-signs-and-zeros": [],
  "ok-hooks": [],
  "ok-namespace-and-crd-first": [],
});

test("says which wave Argo CD takes instead of one that it cannot read", () => {
  const [first, , , last] = checkRule(validWave, "misread");
  expect(first).toMatchObject({
    path: 'metadata.annotations["argocd.argoproj.io/sync-wave"]',
    actual: "ten",
    message: 'ConfigMap data/spelled-out has the wave "ten", which Argo CD ignores: it is applied in wave 0',
  });
  expect(last).toMatchObject({ actual: "", message: expect.stringContaining("applied in wave 3") });
});

test("says where Argo CD moves a namespace", () => {
  expect(checkRule(validWave, "namespace-after-its-objects")).toMatchObject([
    { manifest: { kind: "Namespace" }, actual: 5, limit: 1 },
  ]);
});
