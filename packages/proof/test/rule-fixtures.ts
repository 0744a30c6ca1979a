import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { dump, load } from "js-yaml";
import { createContext } from "../src/checks/context.ts";
import type { PlannedContext, Problem, Renderings, Rule, Unchecked } from "../src/checks/rule.ts";
import type { Manifest } from "../src/manifest/kubernetes-object.ts";
import { ManifestIndex } from "../src/manifest/manifest-index.ts";
import { parseManifests } from "../src/manifest/parse-manifests.ts";
import { isObject, type JsonObject } from "../src/manifest/values.ts";
import type { NodeFiles } from "../src/node/node-paths.ts";
import { type Plan, planSchema } from "../src/plan/plan.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** The day on which fixtures are checked. */
const TODAY = "2026-11-24";

/** What a fixture must bring out: codes in order of report, or `unchecked` for what could not be checked. */
export type Expectation = readonly string[];

/**
 * One line per fixture of a rule: `testRule(quotaFits, { "rollout-too-big": ["rollout-exceeds-quota"] })`.
 *
 * A fixture is `fixtures/<rule>/<name>.yaml`, a stream of manifests. `<name>.plan.yaml` beside it overrides
 * `fixtures/plan.yaml` key by key (`null` removes one), and so does `plan.yaml` for all of the rule's; `<name>.value-files.yaml` lists the values files it was
 * rendered from; `<name>.node.yaml` changes `fixtures/node.yaml`, the machine's configuration by path, key by key
 * or as one text. For rules that compare renderings, documents carry the annotation `proof.t495.dev/rendering: root | again | <component>`, which the rule does not see.
 *
 * Every file of the folder must have a line and every code of the rule a fixture; at least three fixtures
 * must be rejected and one accepted.
 */
export function testRule(rule: Rule, expectations: Readonly<Record<string, Expectation>>): void {
  describe(rule.id, () => {
    const folder = `${FIXTURES}${rule.id}/`;
    for (const [name, codes] of Object.entries(expectations)) {
      test(name, () => {
        expect(checkRule(rule, name).map((result) => ("code" in result ? result.code : "unchecked"))).toEqual(
          codes,
        );
      });
    }
    test("has a line for every fixture, and a fixture for every code", () => {
      const files = readdirSync(folder).filter(
        (file) => file.endsWith(".yaml") && !/(^|\.)(node|plan|value-files)\.yaml$/.test(file),
      );
      expect(files.map((file) => file.replace(/\.yaml$/, "")).sort()).toEqual(
        Object.keys(expectations).sort(),
      );
      const seen = new Set(Object.values(expectations).flat());
      seen.delete("unchecked");
      expect([...seen].sort()).toEqual(Object.keys(rule.codes).sort());
      const rejected = Object.values(expectations).filter((codes) =>
        codes.some((code) => code !== "unchecked"),
      );
      expect(rejected.length).toBeGreaterThanOrEqual(3);
      expect(rejected.length).toBeLessThan(Object.keys(expectations).length);
    });
  });
}

/** The findings of one rule on one fixture, for tests that look closer than at the codes. */
export function checkRule(rule: Rule, name: string): (Problem | Unchecked)[] {
  const folder = `${FIXTURES}${rule.id}/`;
  const all = parseManifests(readFileSync(`${folder}${name}.yaml`, "utf8"), `${name}.yaml`);
  const main = all.filter((manifest) => renderingOf(manifest) === "");
  const byRendering = (rendering: string): ManifestIndex =>
    new ManifestIndex(all.filter((manifest) => renderingOf(manifest) === rendering).map(withoutMark));
  const components = [...new Set(all.map(renderingOf))].filter((key) => !["", "root", "again"].includes(key));
  const renderings: Renderings = {
    root: byRendering("root"),
    again: byRendering("again"),
    components: new Map(components.map((component) => [component, byRendering(component)])),
  };
  const context = createContext(main, fixturePlan(folder, name), {
    renderings,
    today: TODAY,
    valueFiles: valueFilesOf(`${folder}${name}.value-files.yaml`),
    nodeFiles: nodeFilesOf(`${folder}${name}.node.yaml`),
  }) as PlannedContext & {
    readonly renderings: Renderings;
  };
  return [...rule.check(context)];
}

/** The annotation that says of which rendering a fixture's document is; empty for the one under proof. */
const MARK = "proof.t495.dev/rendering";

function renderingOf({ object }: Manifest): string {
  return object.metadata.annotations?.[MARK] ?? "";
}

/** As a rendering would hold it. */
function withoutMark(manifest: Manifest): Manifest {
  const { annotations, ...metadata } = manifest.object.metadata;
  const { [MARK]: _, ...others } = annotations ?? {};
  const kept = Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others };
  return { ...manifest, object: { ...manifest.object, metadata: kept } };
}

/** A fixture's values files, for the rules that ask what was rendered; one plain list. */
function valueFilesOf(file: string): string[] | undefined {
  return existsSync(file) ? (load(readFileSync(file, "utf8")) as string[]) : undefined;
}

/** A fixture's machine, for the rules that ask how it is configured; undefined for a fixture without one. */
function nodeFilesOf(file: string): NodeFiles | undefined {
  if (!existsSync(file)) return undefined;
  const base = load(readFileSync(`${FIXTURES}node.yaml`, "utf8"));
  const files = merge(base, load(readFileSync(file, "utf8")) ?? {}) as JsonObject;
  return new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? content : dump(content),
    ]),
  );
}

/** The plan that fixtures build on, with the overrides of one of them. */
export function fixturePlan(folder: string, name: string): Plan {
  const files = [`${FIXTURES}plan.yaml`, `${folder}plan.yaml`, `${folder}${name}.plan.yaml`];
  const layers = files.filter(existsSync).map((file) => load(readFileSync(file, "utf8")));
  return planSchema.parse(layers.reduce(merge));
}

function merge(base: unknown, override: unknown): unknown {
  if (!isObject(base) || !isObject(override)) return override;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(override as JsonObject)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}
