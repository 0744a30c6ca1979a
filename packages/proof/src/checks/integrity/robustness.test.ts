import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { load } from "js-yaml";
import type { KubernetesObject, Manifest } from "../../manifest/kubernetes-object.ts";
import { ManifestIndex } from "../../manifest/manifest-index.ts";
import { parseManifests } from "../../manifest/parse-manifests.ts";
import { planSchema } from "../../plan/plan.ts";
import { createContext } from "../context.ts";
import { gitopsRules } from "../gitops/rules.ts";
import type { PlannedContext, Renderings } from "../rule.ts";
import { securityRules } from "../security/rules.ts";
import { integrityRules } from "./rules.ts";

const FIXTURES = new URL("../../../fixtures/", import.meta.url);

const hardened = [...integrityRules, ...securityRules, ...gitopsRules];

const manifests = hardened.flatMap(({ id }) =>
  readdirSync(new URL(`${id}/`, FIXTURES))
    .filter((file) => !/\.(plan|value-files)\.yaml$/.test(file))
    .flatMap((file) => parseManifests(readFileSync(new URL(`${id}/${file}`, FIXTURES), "utf8"), file)),
);

/** Paths of every field below a value. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [[...path, key], ...pathsOf(child, [...path, key])]);
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.map((item, at) => (String(at) === key ? replaceAt(item, rest, replacement) : item));
  }
  const record = value as Record<string, unknown>;
  return { ...record, [key]: replaceAt(record[key], rest, replacement) };
}

/** Any parsed value, and the objects whose fields hide those that every object has. */
const anything = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue() },
  fc.constantFrom(null, "", -1, [null], { toString: {} }, { constructor: 1 }, { name: [] }, { key: {} }),
);

/** A manifest of a fixture in which one field below apiVersion, kind and metadata holds anything. */
const damaged: fc.Arbitrary<Manifest> = fc
  .constantFrom(...manifests)
  .chain((manifest) => {
    const paths = pathsOf(manifest.object).filter(
      ([first, ...rest]) => first !== "metadata" || rest.length > 0,
    );
    const fields = paths.filter(([first]) => first !== "apiVersion" && first !== "kind");
    return fc.tuple(fc.constant(manifest), fc.constantFrom(...fields), anything);
  })
  .map(([manifest, path, value]) => ({
    ...manifest,
    object: replaceAt(manifest.object, path, value) as KubernetesObject,
  }));

test("no rule throws, whatever a field holds, and every finding can be read", () => {
  const plan = planSchema.parse(load(readFileSync(new URL("plan.yaml", FIXTURES), "utf8")));
  fc.assert(
    fc.property(fc.array(damaged, { minLength: 1, maxLength: 4 }), (stream) => {
      const again = new ManifestIndex(stream.slice(1));
      const renderings: Renderings = { root: again, components: new Map(), again };
      const context = createContext(stream, plan, { renderings }) as PlannedContext & {
        readonly renderings: Renderings;
      };
      for (const rule of hardened) {
        for (const result of rule.check(context)) {
          if ("unchecked" in result) expect(result.unchecked).not.toContain("undefined");
          else expect([typeof result.message, typeof result.fix]).toEqual(["string", "string"]);
        }
      }
    }),
    { numRuns: 300 },
  );
});
