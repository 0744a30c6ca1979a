import { describe, expect, test } from "@jest/globals";
import { sampleFinding, sampleProof } from "../../test/sample-proof.ts";
import type { Proof } from "../proof.ts";
import { REPORT_FORMATS, type ReportFormat, report, reportFormat } from "./report.ts";

const style = { width: 100, color: false, unicode: true };
const unchecked = {
  rule: "never-ran",
  reason: "no plan",
  object: null,
  chart: null,
  template: null,
  source: null,
};
const rules = [
  {
    id: "quota-fits",
    group: "budget",
    severity: "error",
    title: "Every rollout fits its quota",
    explanation: { protects: "protects", incident: "incident", fix: "fix", source: "source" },
    codes: {},
  },
] as const;
const failing: Proof = { ...sampleProof, ok: false, findings: [sampleFinding], unchecked: [unchecked] };
const print = (format: ReportFormat, ...proofs: Proof[]): string => report(proofs, format, { style, rules });

describe("json", () => {
  test("is the proof itself, or a list of several", () => {
    expect(JSON.parse(print("json", failing))).toEqual(failing);
    expect(JSON.parse(print("json", failing, sampleProof))).toEqual([failing, sampleProof]);
  });
});

describe("sarif", () => {
  const run = (proof: Proof) => JSON.parse(print("sarif", proof)).runs[0];

  test("a result points at the template and at the rule's text", () => {
    const { tool, results, automationDetails } = run(failing);
    expect(tool.driver).toMatchObject({ name: "platform", version: "0.1.0" });
    expect(automationDetails.id).toBe("platform/sample/");
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      ruleId: "quota-fits",
      level: "error",
      properties: { code: "rollout-exceeds-quota" },
    });
    expect(tool.driver.rules[results[0].ruleIndex].id).toBe("quota-fits");
    expect(results[0].message.text).toContain("found 6 Gi, limit 4 Gi");
    expect(results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "charts/data-services/templates/store/deployment.yaml" },
      region: { startLine: 1 },
    });
  });

  test("foreign manifests are pointed at by file and line, the plan by its file", () => {
    const foreign = {
      ...sampleFinding,
      chart: null,
      template: null,
      source: { file: "out/a b.yaml", document: 2, line: 17 },
    };
    const nowhere = { ...sampleFinding, object: null, chart: null, template: null, source: null };
    const places = run({ ...failing, findings: [foreign, nowhere] }).results.map(
      (result: { locations: { physicalLocation: unknown }[] }) => result.locations[0]?.physicalLocation,
    );
    expect(places).toEqual([
      { artifactLocation: { uri: "out/a%20b.yaml" }, region: { startLine: 17 } },
      { artifactLocation: { uri: "charts/platform-umbrella/values.yaml" }, region: { startLine: 1 } },
    ]);
  });

  test("the fingerprint stays when a template moves and differs between findings", () => {
    const of = (finding: typeof sampleFinding): string =>
      run({ ...failing, findings: [finding] }).results[0].partialFingerprints["platformFinding/v1"];
    expect(of({ ...sampleFinding, template: "templates/other.yaml" })).toBe(of(sampleFinding));
    expect(of({ ...sampleFinding, path: "spec.replicas" })).not.toBe(of(sampleFinding));
  });
});

describe("junit", () => {
  test("a case per rule: failed, passed, skipped", () => {
    const xml = print("junit", failing);
    expect(xml).toContain('<testsuite name="sample" tests="3" failures="1" errors="0" skipped="1">');
    expect(xml).toContain('<testcase classname="budget" name="quota-fits">');
    expect(xml).toMatch(
      /<failure type="rollout-exceeds-quota" message="The rollout[^"]*">Deployment data\/store: /,
    );
    expect(xml).toContain('<testcase classname="rule" name="valid-wave"/>');
    expect(xml).toMatch(/name="never-ran">\s*<skipped\/>/);
  });

  test("a warning is no failure", () => {
    const xml = print("junit", { ...sampleProof, findings: [{ ...sampleFinding, severity: "warning" }] });
    expect(xml).toContain('failures="0"');
    expect(xml).toContain("<system-out>warning: Deployment data/store");
  });

  test("text that is no XML is escaped", () => {
    const xml = print("junit", {
      ...failing,
      findings: [{ ...sampleFinding, message: '<a b="c"> & \u0007 \uffff' }],
    });
    expect(xml).toContain('message="&lt;a b=&quot;c&quot;&gt; &amp; \\x07 \ufffd"');
  });
});

describe("markdown", () => {
  test("verdict, budget, findings, and what is folded away", () => {
    const text = print("markdown", failing);
    expect(text).toContain("### ✗ sample does not fit: 1 error");
    expect(text).toContain("| data | 2 Gi | 3 Gi | 4 Gi | 1 Gi |");
    expect(text).toContain("#### quota-fits (1 finding)");
    expect(text).toContain("in `data-services templates/store/deployment.yaml` at `spec.strategy`");
    expect(text).toContain("<details><summary>1 unchecked</summary>");
  });

  test("names from manifests cannot become markup or mention anybody", () => {
    const text = print("markdown", {
      ...failing,
      findings: [{ ...sampleFinding, message: "<b>@everyone</b> [x](y) a|b\n# h" }],
    });
    expect(text).not.toMatch(/<b>|@everyone|\[x\]\(|\n# h/);
  });
});

describe("names that would steer a terminal", () => {
  const hostile: Proof = {
    ...failing,
    findings: [
      {
        ...sampleFinding,
        object: { apiVersion: "v1", kind: "Pod", namespace: "a\u009b2J", name: "x\u001b[1A\u001b[2K" },
        message: "needs more memory\n✓ sample fits: no findings",
      },
    ],
    unchecked: [{ ...unchecked, reason: "\u001b]0;title\u0007" }],
  };

  test.each(["pretty", "markdown", "junit"] as const)("are shown, not obeyed, by %s", (format) => {
    const text = print(format, hostile);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]|^✓/m);
    expect(text).toContain("x1b");
  });

  test("are left as they are in JSON, which escapes them itself", () => {
    expect(JSON.parse(print("json", hostile))).toEqual(hostile);
  });
});

describe("formats", () => {
  test.each(REPORT_FORMATS)("%s says what failed, and nothing when nothing did", (format) => {
    expect(print(format, failing)).toContain("needs more memory");
    expect(print(format, sampleProof)).not.toContain("needs more memory");
    expect(print(format, sampleProof).endsWith("\n")).toBe(true);
  });

  test("a mistyped one is bad input with the nearest", () => {
    expect(reportFormat("sarif", REPORT_FORMATS)).toBe("sarif");
    expect(() => reportFormat("srif", REPORT_FORMATS)).toThrow(
      expect.objectContaining({ fix: "did you mean sarif?" }),
    );
    expect(() => reportFormat("table", REPORT_FORMATS)).toThrow(
      expect.objectContaining({ fix: "write one of pretty, json, sarif, junit, markdown" }),
    );
  });
});
