import { describe, expect, test } from "@jest/globals";
import type { PlannedException } from "../plan/plan.ts";
import type { Finding } from "../proof.ts";
import { applyExceptions, type ExceptionOptions } from "./exceptions.ts";

const rules = [
  { id: "pod-security", codes: { "host-path": "", "runs-as-root": "" } },
  { id: "pinned-images", codes: { "no-tag": "" } },
];

const finding: Finding = {
  rule: "pod-security",
  code: "host-path",
  severity: "error",
  message: "mounts /var/log",
  object: { apiVersion: "apps/v1", kind: "DaemonSet", namespace: "monitoring", name: "promtail" },
  chart: null,
  template: null,
  source: null,
  path: "spec.template.spec.volumes[0]",
  actual: null,
  limit: null,
  fix: "use an emptyDir",
};

const exception: PlannedException = {
  component: "",
  rule: "pod-security",
  code: "host-path",
  object: "DaemonSet/monitoring/promtail",
  path: "spec.template.spec.volumes",
  reason: "It reads the host's logs.",
  expires: "",
};

function apply(changes: Partial<PlannedException>, options: Partial<ExceptionOptions> = {}) {
  return applyExceptions({
    findings: [finding],
    exceptions: { logs: { ...exception, ...changes } },
    rules,
    ran: new Set(["pod-security", "pinned-images"]),
    today: "2026-06-15",
    ...options,
  });
}

describe("an exception that matches", () => {
  test.each<[string, Partial<PlannedException>]>([
    ["by rule, code, object and a prefix of the path", {}],
    ["every code", { code: "" }],
    ["the whole object", { path: "" }],
    ["exactly this path", { path: "spec.template.spec.volumes[0]" }],
    ["until its last day, included", { expires: "2026-06-15" }],
  ])("excuses %s", (_title, changes) => {
    const { findings, used } = apply(changes);
    expect(findings).toEqual([]);
    expect(used).toEqual([
      expect.objectContaining({ name: "logs", findings: 1, reason: "It reads the host's logs." }),
    ]);
  });

  test("names cluster-scoped objects without a namespace", () => {
    const object = { apiVersion: "v1", kind: "Namespace", namespace: null, name: "data" };
    expect(
      apply({ object: "Namespace/data", path: "" }, { findings: [{ ...finding, object }] }).findings,
    ).toEqual([]);
  });

  test("counts what it excuses", () => {
    const second = { ...finding, path: "spec.template.spec.volumes[1]" };
    expect(apply({}, { findings: [finding, second] }).used).toEqual([
      expect.objectContaining({ findings: 2 }),
    ]);
  });
});

describe("an exception that does not hold is a finding, and what it meant stays one", () => {
  test.each<[string, Partial<PlannedException>]>([
    ["unused-exception", { code: "runs-as-root" }],
    ["unused-exception", { object: "DaemonSet/monitoring/other" }],
    ["unused-exception", { object: "DaemonSet/promtail" }],
    ["unused-exception", { path: "spec.template.spec.vol" }],
    ["unused-exception", { rule: "pinned-images", code: "" }],
    ["unknown-rule", { rule: "pod-securty" }],
    ["unknown-code", { code: "hostpath" }],
    ["expired-exception", { expires: "2026-06-14" }],
  ])("%s: %j", (code, changes) => {
    const { findings, used } = apply(changes);
    expect(findings.map((found) => found.code)).toEqual(["host-path", code]);
    expect(findings[1]).toMatchObject({ rule: "exceptions", severity: "error" });
    expect(used).toEqual([]);
  });

  test("suggests the rule and the code that were meant", () => {
    expect(apply({ rule: "pod-securty" }).findings[1]).toMatchObject({
      path: "global.exceptions.logs.rule",
      fix: "write pod-security",
    });
    expect(apply({ code: "hostpath" }).findings[1]?.fix).toContain("write host-path");
  });

  test("an exception of a rule that did not run cannot be unused", () => {
    expect(apply({}, { findings: [], ran: new Set(["pinned-images"]) }).findings).toEqual([]);
    expect(apply({}, { findings: [] }).findings.map(({ code }) => code)).toEqual(["unused-exception"]);
  });
});
