import { describe, expect, test } from "@jest/globals";
import { sampleFinding, sampleProof } from "../../test/sample-proof.ts";
import type { Proof } from "../proof.ts";
import { prettyReport } from "./pretty.ts";
import type { ReportStyle } from "./style.ts";

const plain: ReportStyle = { width: 100, color: false, unicode: true };
const failing: Proof = {
  ...sampleProof,
  ok: false,
  findings: [
    sampleFinding,
    {
      ...sampleFinding,
      severity: "warning",
      rule: "valid-wave",
      code: "no-integer",
      object: null,
      chart: null,
      path: "global.layers",
    },
  ],
  unchecked: [1, 2, 3].map((document) => ({
    rule: "pinned-images",
    reason: `no digest is known (image ${document})`,
    object: null,
    chart: null,
    template: null,
    source: { file: "-", document, line: 1 },
  })),
  exceptions: [
    {
      name: "logs",
      rule: "pod-security",
      code: null,
      object: "DaemonSet/monitoring/promtail",
      path: null,
      reason: "It reads the host's logs.",
      expires: null,
      findings: 2,
    },
  ],
};

const lines = (proof: Proof, style: ReportStyle = plain): string[] =>
  prettyReport([proof], style).split("\n");

describe("the verdict screen", () => {
  test("begins with the verdict", () => {
    expect(lines(sampleProof)[0]).toBe("✓ sample fits: no findings (4 objects, 3 pods, 2 rules)");
    expect(lines(failing)[0]).toBe(
      "✗ sample does not fit: 1 error and 1 warning, 3 unchecked (4 objects, 3 pods, 2 rules)",
    );
  });

  test("repeats it after a long list, where one looks last", () => {
    const many = { ...failing, findings: Array.from({ length: 10 }, () => sampleFinding) };
    expect(lines(many).at(-2)).toBe(lines(many)[0]);
    expect(lines(failing).filter((line) => line === lines(failing)[0])).toHaveLength(1);
  });

  test("speaks of manifests when there is no plan", () => {
    const foreign = { ...sampleProof, profile: null, budget: { node: null, layers: [], namespaces: [] } };
    expect(lines(foreign)[0]).toContain("These manifests pass: no findings");
  });

  test("shows each layer's steady state, worst moment, budget and headroom, with a bar to scale", () => {
    const row = lines(sampleProof).find((line) => line.startsWith("data"));
    expect(row?.replace(/[█▒░]+/, "")).toMatch(/^data\s+2 Gi\s+3 Gi\s+4 Gi\s+1 Gi$/);
    const bar = /[█▒░]+/.exec(row ?? "")?.[0] ?? "";
    const share = (letter: string): number => [...bar].filter((cell) => cell === letter).length / bar.length;
    expect(share("█")).toBeCloseTo(0.5, 1);
    expect(share("▒")).toBeCloseTo(0.25, 1);
  });

  test("an overdrawn layer shows how much is missing and a full bar", () => {
    const [data, ...others] = sampleProof.budget.layers;
    const overdrawn = { ...data, terminating: 5 * 2 ** 30, headroom: -(2 ** 30) } as (typeof others)[number];
    const row = lines({
      ...sampleProof,
      budget: { ...sampleProof.budget, layers: [overdrawn, ...others] },
    })[3];
    expect(row).toMatch(/5 Gi\s+4 Gi\s+−1 Gi$/);
    expect(row).not.toContain("░");
  });

  test("states the node, the order, exceptions and what was not checked", () => {
    const text = lines(failing).join(" ").replace(/ +/g, " ");
    expect(text).toContain(
      "memory 8 Gi installed, 6.5 Gi allocatable, 6 Gi budgeted, of these 108 Mi declared but not bounded",
    );
    expect(text).toContain("512 Mi free");
    expect(text).toContain("CPU requests 250m now, 3 budgeted of 3500m allocatable; limits 6 on 4");
    expect(text).toContain("pods 3 now, 4 at the worst, of 110");
    expect(text).toContain("10 data 3 → outside every band 1");
    expect(text).toContain("1 exception for 2 findings");
    expect(text).toContain("pinned-images ×3: no digest is known (image 1), and 2 more");
  });

  test("rules that lack the same are one line, below the findings", () => {
    const reason = "it needs a plan: there is none";
    const rules = ["node-fits", "layer-fits", "wave-in-band"];
    const entry = { reason, object: null, chart: null, template: null, source: null };
    const text = lines({ ...failing, unchecked: rules.map((rule) => ({ ...entry, rule })) });
    expect(text[0]).toContain("1 error and 1 warning, 3 unchecked");
    const at = text.indexOf(`unchecked  3 rules: ${reason} (${rules.join(", ")})`);
    expect(at).toBeGreaterThan(text.findIndex((line) => line.includes("rollout-exceeds-quota")));
  });

  test("a proof without findings does not hide what was not checked", () => {
    const { unchecked } = failing;
    expect(lines({ ...sampleProof, unchecked })[0]).toBe(
      "✓ sample fits: no findings, 3 unchecked (4 objects, 3 pods, 2 rules)",
    );
  });

  test("a finding tells object, code, figures, place, path and fix", () => {
    const text = lines(failing).join("\n");
    expect(text).toContain("✗ Deployment data/store · rollout-exceeds-quota");
    expect(text).toContain("found 6 Gi, limit 4 Gi");
    expect(text).toContain("in  data-services templates/store/deployment.yaml");
    expect(text).toContain("at  spec.strategy");
    expect(text).toContain("fix Set strategy.type to Recreate");
    expect(text).toContain("⚠ the plan · no-integer");
    expect(text).toContain("in  standard input, line 61");
  });
});

describe("the terminal", () => {
  test.each([60, 80, 100, 120])("no line is wider than %i columns", (width) => {
    const wide = lines(failing, { ...plain, width }).filter((line) => line.length > width);
    expect(wide).toEqual([]);
  });

  test("a terminal too narrow for bars keeps the figures", () => {
    const text = prettyReport([sampleProof], { ...plain, width: 45 });
    expect(text).not.toContain("█");
    expect(text).toMatch(/data +2 Gi +3 Gi +4 Gi +1 Gi/);
  });

  test("colours only when asked to", () => {
    expect(prettyReport([failing], plain)).not.toContain("\u001b");
    expect(prettyReport([failing], { ...plain, color: true })).toContain("\u001b[31m");
  });

  test("ASCII where the terminal has nothing else, whatever names hold", () => {
    const named = { ...sampleFinding, message: "„größer“ als 名前" };
    const text = prettyReport([{ ...failing, findings: [named] }], { ...plain, unicode: false });
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(text).toMatch(/data +#+\++\.+ +2 Gi/);
    expect(text).toContain("10 data 3 -> outside every band 1");
  });

  test("several profiles are screens one after another", () => {
    expect(prettyReport([sampleProof, failing], plain).match(/sample (fits|does not fit)/g)).toHaveLength(2);
  });
});
