import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { ManifestIndex } from "../manifest/manifest-index.ts";
import { parseManifests } from "../manifest/parse-manifests.ts";
import { planSchema } from "../plan/plan.ts";
import { rolloutOrder } from "./rollout-order.ts";

const plan = planSchema.parse(
  load(readFileSync(new URL("../../fixtures/plan.yaml", import.meta.url), "utf8")),
);

function index(
  ...objects: readonly (readonly [kind: string, name: string, component: string, wave: number])[]
) {
  const documents = objects.map(
    ([kind, name, component, wave]) =>
      `{apiVersion: v1, kind: ${kind}, metadata: {name: ${name}, labels: {app.kubernetes.io/name: ${component}}, annotations: {argocd.argoproj.io/sync-wave: "${wave}"}}}`,
  );
  return new ManifestIndex(parseManifests(documents.join("\n---\n"), "test"));
}

const OBJECTS = index(
  ["Deployment", "web", "web", 33],
  ["Service", "store", "store", 12],
  ["ConfigMap", "store-a", "store", 11],
  ["ConfigMap", "store-b", "store", 11],
  ["Secret", "store", "store", 11],
  ["Namespace", "data", "foundation", -30],
  ["ConfigMap", "stray", "unheard-of", 0],
);

test("goes by band, component and wave, and counts kinds in the order of the sync", () => {
  expect(rolloutOrder(OBJECTS, plan)).toEqual([
    {
      layer: "foundation",
      wave: -30,
      objects: 1,
      components: [
        {
          name: "foundation",
          objects: 1,
          waves: [{ phase: "Sync", wave: -30, objects: 1, kinds: { Namespace: 1 } }],
        },
      ],
    },
    {
      layer: "data",
      wave: 10,
      objects: 4,
      components: [
        {
          name: "store",
          objects: 4,
          waves: [
            { phase: "Sync", wave: 11, objects: 3, kinds: { Secret: 1, ConfigMap: 2 } },
            { phase: "Sync", wave: 12, objects: 1, kinds: { Service: 1 } },
          ],
        },
      ],
    },
    {
      layer: "apps",
      wave: 30,
      objects: 1,
      components: [
        {
          name: "web",
          objects: 1,
          waves: [{ phase: "Sync", wave: 33, objects: 1, kinds: { Deployment: 1 } }],
        },
      ],
    },
    {
      layer: "",
      wave: undefined,
      objects: 1,
      components: [
        { name: "", objects: 1, waves: [{ phase: "Sync", wave: 0, objects: 1, kinds: { ConfigMap: 1 } }] },
      ],
    },
  ]);
});

test("without a plan everything is one Application", () => {
  const bands = rolloutOrder(OBJECTS, undefined);
  expect(bands).toMatchObject([
    { layer: "", wave: undefined, objects: 7, components: [{ name: "", objects: 7 }] },
  ]);
  expect(bands[0]?.components[0]?.waves.map(({ wave }) => wave)).toEqual([-30, 0, 11, 12, 33]);
});
