import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { dump } from "js-yaml";
import { isInputError } from "../errors.ts";
import { parseGoYaml } from "../manifest/go-yaml.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { at } from "../manifest/values.ts";
import { readPlan, readPlanFile } from "./read-plan.ts";

const text = readFileSync(new URL("../../fixtures/plan.yaml", import.meta.url), "utf8");

type Edit = readonly [path: string, value: unknown];

/** The plan of the fixtures with some values set, or removed where the value is undefined. */
function changed(...edits: readonly Edit[]): string {
  const plan = parseGoYaml(text)[0]?.value;
  for (const [path, value] of edits) {
    const keys = path.split(".");
    const parent = at(plan, ...keys.slice(0, -1)) as Record<string, unknown>;
    const key = keys.at(-1) ?? "";
    if (value === undefined) delete parent[key];
    else parent[key] = value;
  }
  return dump(plan);
}

function configMap(plan: string, name = "platform-plan"): string {
  return dump({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { "plan.yaml": plan } });
}

function failureOf(read: () => unknown): {
  what: string;
  where: string | undefined;
  fix: string | undefined;
} {
  try {
    read();
  } catch (error) {
    if (isInputError(error)) return { what: error.what, where: error.where, fix: error.fix };
    throw error;
  }
  throw new Error("The plan was accepted.");
}

describe("readPlan", () => {
  test("finds the plan among the manifests", () => {
    const stream = `${configMap("a: 1", "other")}---\n${configMap(text)}`;
    expect(readPlan(parseManifests(stream, "-"))?.profile).toBe("fixture");
  });

  test("gives undefined when there is none", () => {
    expect(readPlan(parseManifests(configMap("a: 1", "other"), "-"))).toBeUndefined();
  });

  test("two plans are a mistake", () => {
    const stream = `${configMap(text)}---\n${configMap(text)}`;
    const failure = failureOf(() => readPlan(parseManifests(stream, "x.yaml")));
    expect(failure.what).toContain("2 plans");
    expect(failure.where).toBe("x.yaml, document 1; x.yaml, document 2");
  });

  test("a ConfigMap without the key names it", () => {
    const stream = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: platform-plan}\ndata: {plan: x}\n";
    expect(failureOf(() => readPlan(parseManifests(stream, "-")))).toMatchObject({
      what: 'ConfigMap platform-plan has no text under data["plan.yaml"].',
      where: "standard input, document 1",
    });
  });

  test("a mistake names the template that rendered the plan", () => {
    const stream = `---\n# Source: u/charts/foundation/templates/plan.yaml\n${configMap("profile: x")}`;
    expect(failureOf(() => readPlan(parseManifests(stream, "-"))).where).toBe(
      "foundation/templates/plan.yaml",
    );
  });

  test("broken YAML inside the ConfigMap has its line", () => {
    const stream = configMap("profile: x\nnode: [\n");
    expect(failureOf(() => readPlan(parseManifests(stream, "-"))).where).toMatch(
      /data\["plan.yaml"\], line 3/,
    );
  });
});

describe("readPlanFile accepts", () => {
  const withGlobal = dump({
    global: { ...(parseGoYaml(text)[0]?.value as object), render: "all" },
    redis: { memory: "1Gi" },
  });
  test.each<[string, string]>([
    ["the plan itself", text],
    ["values with the plan under global", withGlobal],
    [
      "values with the followed revision",
      withGlobal.replace("path: charts", "revision: main\n    path: charts"),
    ],
    ["the ConfigMap", configMap(text)],
    ["a whole rendering", `${configMap("a: 1", "other")}---\n${configMap(text)}`],
  ])("%s", (_, content) => {
    expect(readPlanFile(content, "plan.yaml").profile).toBe("fixture");
  });
});

describe("readPlanFile refuses", () => {
  test.each<[string, string, string]>([
    ["an empty file", "# nothing\n", "A plan is a mapping"],
    ["a text", "hello\n", "A plan is a mapping"],
    ["manifests without a plan", configMap("a: 1", "other"), "None of the manifests"],
    ["broken YAML", "a: [\n", "not valid YAML"],
  ])("%s", (_, content, what) => {
    const failure = failureOf(() => readPlanFile(content, "plan.yaml"));
    expect(failure.what).toContain(what);
    expect(failure.where).toContain("plan.yaml");
    expect(failure.fix).toMatch(/\.$/);
  });

  test.each<[string, readonly Edit[], string]>([
    [
      "a missing key",
      [["node.memory.capacity", undefined]],
      "global.node.memory.capacity: missing; expected a text (What the kubelet reports: MemTotal, without firmware and graphics)",
    ],
    [
      "a key that is misspelt, once",
      [
        ["node.memory.capacity", undefined],
        ["node.memory.capasity", "7936Mi"],
      ],
      "global.node.memory.capasity: unknown key; global.node.memory.capacity is meant?",
    ],
    ["an unknown key", [["namespaces.data.colour", "red"]], "global.namespaces.data.colour: unknown key"],
    [
      "null",
      [["layers.data.memory", null]],
      "global.layers.data.memory: expected a text (The layer's share of the installed memory), found null (absence is `enabled: false` or an empty text)",
    ],
    [
      "a number for a quantity",
      [["node.cpu.capacity", 4]],
      "global.node.cpu.capacity: expected a text (Hardware threads), found the number 4",
    ],
    [
      "a quantity with a wrong suffix",
      [["node.memory.installed", "8GB"]],
      'global.node.memory.installed: expected another form: What the machine\'s modules add up to, found "8GB"',
    ],
    [
      "a value outside its list",
      [["namespaces.data.podSecurity", "strict"]],
      'global.namespaces.data.podSecurity: expected restricted or baseline or privileged, found "strict"',
    ],
    [
      "a text for a truth value",
      [["components.web.enabled", "no"]],
      'global.components.web.enabled: expected true or false, found "no"',
    ],
    [
      "an empty text",
      [["components.web.layer", ""]],
      "global.components.web.layer: expected a text that is not empty, found",
    ],
    ["a number that is too small", [["node.maxPods", 0]], "global.node.maxPods: expected at least 1"],
    ["a fraction", [["node.maxPods", 1.5]], "global.node.maxPods: expected a whole number"],
    ["a list for a mapping", [["flows", []]], "global.flows: expected a mapping, found a list"],
    [
      "a wrong item of a list",
      [["components.web.dependsOn", ["store", 5]]],
      "global.components.web.dependsOn[1]: expected a text, found the number 5",
    ],
    [
      "a name that the plan does not have",
      [["components.web.layer", "app"]],
      'global.components.web.layer: there is no layer "app"; apps is meant?',
    ],
  ])("%s", (_, edits, mistake) => {
    const { what } = failureOf(() => readPlanFile(changed(...edits), "plan.yaml"));
    expect(what).toContain(`The plan has a mistake: ${mistake}`);
  });

  test("several mistakes at once, one line each", () => {
    const content = changed(["node.maxPods", "many"], ["profile", undefined], ["layers.data.wave", null]);
    expect(failureOf(() => readPlanFile(content, "plan.yaml")).what.split("\n")).toEqual([
      "The plan has 3 mistakes:",
      expect.stringContaining("global.layers.data.wave: expected"),
      expect.stringContaining("global.node.maxPods: expected"),
      expect.stringContaining("global.profile: missing"),
    ]);
  });
});
