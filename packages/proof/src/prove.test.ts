import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parseManifests } from "./manifest/parse-manifests.ts";
import type { Plan } from "./plan/plan.ts";
import { readPlanFile } from "./plan/read-plan.ts";
import { proofSchema } from "./proof.ts";
import { proofJsonSchema } from "./proof-json-schema.ts";
import { prove, ruleTexts } from "./prove.ts";
import { jsonReport } from "./report/json.ts";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const FIXTURES = `${PACKAGE}fixtures/`;
const PLAN = readPlanFile(readFileSync(`${FIXTURES}plan.yaml`, "utf8"), "plan.yaml");

const SERVICE = `
apiVersion: v1
kind: Service
metadata:
  name: store
  namespace: data
  labels: { app.kubernetes.io/name: store }
  annotations: { argocd.argoproj.io/sync-wave: "nine" }
spec: { ports: [{ port: 80 }] }
`;

function proveText(
  text: string,
  options: { rules?: string[]; plan?: Plan | undefined; today?: string } = {},
) {
  const { plan = PLAN, rules = [], today = "2026-06-15" } = options;
  return prove({
    manifests: parseManifests(text, "s.yaml"),
    plan,
    rules,
    today,
    tools: { platform: "1.2.3" },
  });
}

describe("prove", () => {
  test("counts what it saw and names what ran", () => {
    const proof = proveText(SERVICE);
    expect(proof.counts.objects).toBe(1);
    expect(proof.counts.rules).toBe(proof.rules.length);
    expect(proof.profile).toBe("fixture");
    expect(proof.tools).toEqual({ platform: "1.2.3" });
    const reported = new Set([...proof.rules, ...proof.unchecked.map(({ rule }) => rule)]);
    expect([...reported].sort()).toEqual(ruleTexts.map(({ id }) => id).sort());
  });

  test("is ok exactly when no error was found", () => {
    expect(proveText(SERVICE, { rules: ["valid-wave"] })).toMatchObject({
      ok: false,
      findings: [{ rule: "valid-wave", object: { kind: "Service", name: "store" } }],
      counts: { rules: 1 },
    });
    expect(proveText(SERVICE.replace("nine", "10"), { rules: ["valid-wave"] })).toMatchObject({
      ok: true,
      findings: [],
    });
  });

  test("without a plan says what it could not check", () => {
    const proof = prove({ manifests: parseManifests(SERVICE, "s.yaml"), today: "2026-06-15", tools: {} });
    expect(proof.profile).toBeNull();
    expect(proof.budget.node).toBeNull();
    expect(proof.unchecked.some(({ reason }) => reason.includes("carry no plan"))).toBe(true);
    expect(proof.rules).not.toContain("exceptions");
  });

  test("a rule id that does not exist is bad input, before anything runs", () => {
    expect(() => proveText(SERVICE, { rules: ["valid-wav"] })).toThrow(
      expect.objectContaining({ name: "InputError", fix: "did you mean valid-wave?" }),
    );
  });
});

describe("the plan's exceptions", () => {
  const excused: Plan = {
    ...PLAN,
    exceptions: {
      nine: {
        component: "",
        rule: "valid-wave",
        code: "",
        object: "Service/data/store",
        path: "",
        reason: "A test.",
        expires: "2026-12-31",
      },
      "of-another-rule": {
        component: "",
        rule: "wave-in-band",
        code: "",
        object: "Service/data/nothing",
        path: "",
        reason: "A test.",
        expires: "",
      },
    },
  };

  test("excuse findings and are listed with them", () => {
    const proof = proveText(SERVICE, { plan: excused, rules: ["valid-wave"] });
    expect(proof.findings).toEqual([]);
    expect(proof.exceptions).toEqual([expect.objectContaining({ name: "nine", findings: 1, code: null })]);
  });

  test("are judged when all rules run, and by their own rule's name", () => {
    const codes = proveText(SERVICE, { plan: excused, rules: ["exceptions"] }).findings.map(
      ({ code, path }) => [code, path],
    );
    expect(codes).toEqual([["unused-exception", "global.exceptions.of-another-rule"]]);
  });

  test("of a disabled component are out of sight", () => {
    const web = { layer: "apps", namespace: "apps", enabled: false, dependsOn: [] };
    const exceptions = Object.fromEntries(
      Object.entries(excused.exceptions).map(([name, exception]) => [
        name,
        { ...exception, component: "off" },
      ]),
    );
    const plan = { ...excused, components: { ...excused.components, off: web }, exceptions };
    const rulesFound = proveText(SERVICE, { plan, rules: ["valid-wave", "exceptions"] }).findings.map(
      ({ rule }) => rule,
    );
    expect(rulesFound).toEqual(["valid-wave"]);
  });

  test("about an image that nothing uses are out of sight, and a finding as soon as something does", () => {
    const image = {
      repository: "docker.io/library/old",
      tag: "1.0",
      digest: "",
      evidence: "",
      endOfLife: "",
    };
    const nine = { ...excused.exceptions.nine, rule: "pinned-images", path: "global.images.old" };
    const plan = { ...PLAN, images: { old: image }, exceptions: { nine } } as Plan;
    const found = (manifests: string): readonly string[] =>
      proveText(manifests, { plan, rules: ["exceptions"] }).findings.map(({ code }) => code);
    expect(found(SERVICE)).toEqual([]);
    const mention =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: jobs, namespace: data }\ndata: { image: docker.io/library/old:1.0 }";
    expect(found(`${SERVICE}\n---\n${mention}\n`)).toEqual(["unused-exception"]);
  });

  test("excuse nothing after their last day", () => {
    const proof = proveText(SERVICE, {
      plan: excused,
      rules: ["valid-wave", "exceptions"],
      today: "2027-01-01",
    });
    expect(proof.findings.map(({ code }) => code)).toContain("expired-exception");
    expect(proof.findings.map(({ rule }) => rule)).toContain("valid-wave");
  });
});

describe("the JSON", () => {
  const committed: unknown = JSON.parse(readFileSync(`${PACKAGE}schemas/proof.schema.json`, "utf8"));
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(committed as object);

  test("has the committed schema", () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(proofJsonSchema())));
  });

  test("validates without a plan, and is what the type says", () => {
    const proof = JSON.parse(
      jsonReport([prove({ manifests: parseManifests(SERVICE, "s.yaml"), today: "2026-06-15", tools: {} })]),
    );
    expect(validate(proof)).toBe(true);
    expect(proofSchema.parse(proof)).toEqual(proof);
  });

  test.each(streams())("validates for %s", (path) => {
    const manifests = parseManifests(readFileSync(`${FIXTURES}${path}`, "utf8"), path);
    const proof = JSON.parse(jsonReport([prove({ manifests, plan: PLAN, today: "2026-06-15", tools: {} })]));
    validate(proof);
    expect(validate.errors).toBeNull();
  });
});

/** Two streams of each rule's fixtures: the widest range of shapes there is. */
function streams(): string[] {
  const folders = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) =>
    readdirSync(`${FIXTURES}${name}`)
      .filter((file) => file.endsWith(".yaml") && !/(^|\.)(cluster|node|plan|value-files)\.yaml$/.test(file))
      .slice(0, 2)
      .map((file) => `${name}/${file}`),
  );
}
