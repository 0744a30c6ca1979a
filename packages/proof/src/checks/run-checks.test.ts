import { describe, expect, test } from "@jest/globals";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { createContext } from "./context.ts";
import { defineRule, type Rule } from "./rule.ts";
import { findRule, runChecks, selectRules } from "./run-checks.ts";

const text = { protects: "p", incident: "i", fix: "f", source: "s" };
const base = { group: "integrity", severity: "warning", title: "t", explanation: text } as const;

const reportsKind = defineRule({
  ...base,
  id: "reports-kind",
  codes: { seen: "An object is there." },
  *check({ index }) {
    for (const manifest of index.all) {
      yield {
        code: "seen",
        manifest,
        path: "kind",
        message: `is a ${manifest.kind}`,
        actual: 1,
        limit: 0,
        fix: "none",
      };
    }
  },
});
const needsPlan = defineRule({ ...base, id: "needs-plan", needs: "plan", codes: {}, *check() {} });
const needsRenderings = defineRule({
  ...base,
  id: "needs-renderings",
  needs: "renderings",
  codes: {},
  *check() {},
});
const throwing = defineRule({
  ...base,
  id: "throwing",
  codes: {},
  // biome-ignore lint/correctness/useYield: it fails before it has anything to report
  *check() {
    throw new TypeError("no such field");
  },
});
const shy = defineRule({
  ...base,
  id: "shy",
  codes: {},
  *check({ index }) {
    yield { unchecked: "its schema is not known", manifest: index.all[0] };
  },
});

const manifests = parseManifests(
  "apiVersion: v1\nkind: Secret\nmetadata: { name: login, namespace: data }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: data }\n",
  "stream.yaml",
);
const context = createContext(manifests, undefined);

describe("runChecks", () => {
  test("a finding carries its rule, its object and where it was read", () => {
    const { findings, unchecked, ran } = runChecks(context, [reportsKind]);
    expect(findings).toHaveLength(2);
    expect(findings[0]).toMatchObject({
      rule: "reports-kind",
      code: "seen",
      severity: "warning",
      message: "is a Secret",
      object: { apiVersion: "v1", kind: "Secret", namespace: "data", name: "login" },
      chart: null,
      template: null,
      source: { file: "stream.yaml", document: 1 },
      path: "kind",
      actual: 1,
      limit: 0,
      fix: "none",
    });
    expect(findings[1]?.object).toEqual({
      apiVersion: "v1",
      kind: "Namespace",
      namespace: null,
      name: "data",
    });
    expect(unchecked).toEqual([]);
    expect([...ran]).toEqual(["reports-kind"]);
  });

  test("a rule without what it needs is one unchecked entry, and did not run", () => {
    const { findings, unchecked, ran } = runChecks(context, [needsPlan, needsRenderings, reportsKind]);
    expect(unchecked.map(({ rule }) => rule)).toEqual(["needs-plan", "needs-renderings"]);
    expect(unchecked[0]?.reason).toContain("--plan");
    expect(findings).toHaveLength(2);
    expect([...ran]).toEqual(["reports-kind"]);
  });

  test("what a rule cannot check keeps its object", () => {
    expect(runChecks(context, [shy]).unchecked).toEqual([
      expect.objectContaining({
        rule: "shy",
        reason: "its schema is not known",
        object: { apiVersion: "v1", kind: "Secret", namespace: "data", name: "login" },
      }),
    ]);
  });

  test("a rule that throws is named, with the cause", () => {
    expect(() => runChecks(context, [throwing])).toThrow("rule throwing failed: no such field");
  });
});

describe("selectRules", () => {
  const rules: readonly Rule[] = [reportsKind, needsPlan, shy];

  test("keeps the registry's order; no ids mean all", () => {
    expect(selectRules(rules, ["shy", "reports-kind"])).toEqual([reportsKind, shy]);
    expect(selectRules(rules, [])).toEqual(rules);
  });

  test("an unknown id is bad input with the nearest one", () => {
    expect(() => selectRules(rules, ["report-kind"])).toThrow(
      expect.objectContaining({
        name: "InputError",
        what: "there is no rule report-kind",
        fix: "did you mean reports-kind?",
      }),
    );
    expect(() => findRule(rules, "something-else")).toThrow(
      expect.objectContaining({ fix: "`platform explain` lists every rule" }),
    );
  });
});
