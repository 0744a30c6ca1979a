import { statSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { ManifestIndex } from "../manifest/manifest-index.ts";
import { isClusterScoped } from "../manifest/scope.ts";
import { isObject } from "../manifest/values.ts";
import { customResourceDefinitions, customResourceSchemas, kubernetesSchemas } from "./schema-bundles.ts";

/** Every `$ref` below a value. */
function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const nested = Object.values(value).flatMap(referencesIn);
  return typeof value.$ref === "string" ? [value.$ref, ...nested] : nested;
}

describe("the committed schemas", () => {
  test("name the versions that they come from", () => {
    expect(kubernetesSchemas().source).toBe("k8s.io/kubernetes@v1.36.3");
    expect(customResourceSchemas().source).toBe(
      "github.com/argoproj/argo-cd/v3@v3.5.5 go.universe.tf/metallb@v0.16.1",
    );
  });

  test("define whatever they refer to", () => {
    const definitions = customResourceDefinitions();
    const references = [...referencesIn(kubernetesSchemas()), ...referencesIn(customResourceSchemas())];
    expect(references.length).toBeGreaterThan(800);
    expect(references.filter((name) => !Object.hasOwn(definitions, name))).toEqual([]);
  });

  test("share no definition name, so that the two can be read together", () => {
    const shared = Object.keys(customResourceSchemas().definitions);
    expect(shared.filter((name) => Object.hasOwn(kubernetesSchemas().definitions, name))).toEqual([]);
  });

  test("know enumerations and defaults, which the published documents leave out", () => {
    expect(kubernetesSchemas().definitions["core.v1.ServicePort"]?.properties?.protocol).toMatchObject({
      enum: ["SCTP", "TCP", "UDP"],
      default: "TCP",
    });
    expect(
      kubernetesSchemas().definitions["core.v1.PersistentVolumeClaimSpec"]?.properties?.accessModes?.items,
    ).toMatchObject({ enum: expect.arrayContaining(["ReadWriteOnce"]) });
  });

  test("agree on scopes with the list that was read from the Go types", () => {
    const index = new ManifestIndex([]);
    const disagreeing = Object.entries(kubernetesSchemas().kinds).filter(([key, { scope }]) => {
      const parts = key.split("/");
      const group = parts.length === 3 ? (parts[0] ?? "") : "";
      return isClusterScoped(group, parts.at(-1) ?? "", index) !== (scope === "Cluster");
    });
    expect(disagreeing).toEqual([]);
  });

  test("stay small", () => {
    const sizes = ["kubernetes", "custom-resources"].map(
      (name) => statSync(new URL(`../../schemas/${name}.json`, import.meta.url)).size,
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(300_000);
  });
});
