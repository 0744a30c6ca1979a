import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import { stringAt } from "../../manifest/values.ts";
import { generatedComponents } from "../../order/application-sets.ts";
import { ARGOCD, componentOf, FOUNDATION, layerOf } from "../../order/applications.ts";
import { SYNC_WAVE, waveOf } from "../../order/sync-wave.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";
import { bandOf, checkBands, type WaveBandCode } from "./wave-bands.ts";

type Code =
  | "unknown-component"
  | "wrong-layer"
  | "outside-band"
  | "wrong-set-wave"
  | "mixed-layers"
  | WaveBandCode;

export const waveInBand = defineRule<Code>({
  id: "wave-in-band",
  group: "order",
  severity: "error",
  title: "Every layer has its own band of waves, and every object's wave lies in its layer's",
  explanation: {
    protects:
      "The one order that people read: a wave says both when inside its component and where in the whole platform.",
    incident:
      "A component moved from monitoring to the ML layer kept its old waves: the rendering of the whole platform showed another order than the one in which Argo CD installed it. In a profile monitoring started in wave 10, that of the databases, and both waited for each other's disks.",
    fix: "Give each layer a first wave of its own, ten after the one before; take an object's wave from it plus an offset from 0 to 9, and the labels from the plan.",
    source: "The plan: global.layers and global.components",
  },
  codes: {
    "unknown-component": "The label app.kubernetes.io/name names no component of the plan.",
    "wrong-layer": "The label app.kubernetes.io/part-of is not the layer of the component.",
    "outside-band": "The wave is outside the layer's band.",
    "wrong-set-wave": "The ApplicationSet does not carry the wave of the layer that it installs.",
    "mixed-layers": "The ApplicationSet installs components of several layers.",
    "same-wave": "Two layers start in one wave: neither waits for the other.",
    "bands-overlap": "Two layers have a wave in common, which then says nothing of their order.",
    "layer-before-foundation": "A layer starts before the namespaces, quotas and classes that it needs.",
  },
  needs: "plan",
  *check({ index, plan }) {
    yield* checkBands(plan);
    for (const manifest of index.all) {
      const component = componentOf(manifest);
      const layer = component === undefined ? undefined : layerOf(component, plan);
      if (component === undefined || layer === undefined) yield unknownComponent(manifest, component);
      else if (isApplicationSet(manifest)) yield* checkSet(manifest, plan);
      else yield* checkObject(manifest, component, layer, plan);
    }
  },
});

function unknownComponent(manifest: Manifest, component: string | undefined): Problem<Code> {
  return {
    code: "unknown-component",
    manifest,
    path: 'metadata.labels["app.kubernetes.io/name"]',
    message:
      component === undefined
        ? `${describeObject(referenceOf(manifest))} names no component, so nothing says which layer it belongs to`
        : `${describeObject(referenceOf(manifest))} names the component "${component}", which the plan does not know`,
    actual: component ?? "",
    fix: `Label it with a key of global.components, or with ${FOUNDATION} or ${ARGOCD}.`,
  };
}

function* checkObject(
  manifest: Manifest,
  component: string,
  layer: string,
  plan: Plan,
): Generator<Problem<Code>> {
  const partOf = partOfLabel(manifest);
  // Argo CD's own objects are labelled with the layer that they install.
  if (partOf !== layer && component !== ARGOCD)
    yield {
      code: "wrong-layer",
      manifest,
      path: 'metadata.labels["app.kubernetes.io/part-of"]',
      message: `${describeObject(referenceOf(manifest))} says that ${component} is part of ${partOf ?? "no layer"}; the plan says ${layer}`,
      actual: partOf ?? "",
      limit: layer,
      fix: `Set the label to ${layer}, or move the component in global.components.`,
    };
  const band = bandOf(layer, plan);
  if (band === undefined) return;
  const { first, last } = band;
  const wave = waveOf(manifest);
  if (wave >= first && wave <= last) return;
  yield {
    code: "outside-band",
    manifest,
    path: wavePath(),
    message: `${describeObject(referenceOf(manifest))} of ${component} is in wave ${wave}; the band of layer ${layer} is ${first} to ${last}`,
    actual: wave,
    limit: `${first} to ${last}`,
    fix: `Give it a wave from ${first} to ${last}.`,
  };
}

function* checkSet(manifest: Manifest, plan: Plan): Generator<Problem<Code>> {
  const layers = [
    ...new Set(
      (generatedComponents(manifest) ?? []).map((name) => layerOf(name, plan) ?? `(no layer: ${name})`),
    ),
  ];
  if (layers.length > 1)
    yield {
      code: "mixed-layers",
      manifest,
      path: "spec.generators",
      message: `${describeObject(referenceOf(manifest))} installs components of ${layers.join(", ")}, which start together`,
      actual: layers.join(", "),
      fix: "Make one ApplicationSet for each layer.",
    };
  // A set whose components are all disabled installs nothing yet; its label says which layer it is for.
  const layer = layers[0] ?? partOfLabel(manifest) ?? "";
  const expected = Object.hasOwn(plan.layers, layer) ? plan.layers[layer]?.wave : undefined;
  const wave = waveOf(manifest);
  if (layers.length > 1 || expected === undefined || wave === expected) return;
  yield {
    code: "wrong-set-wave",
    manifest,
    path: wavePath(),
    message: `${describeObject(referenceOf(manifest))} installs layer ${layer} in wave ${wave}; the plan says ${expected}`,
    actual: wave,
    limit: expected,
    fix: `Give it the wave ${expected}.`,
  };
}

function isApplicationSet(manifest: Manifest): boolean {
  return manifest.group === "argoproj.io" && manifest.kind === "ApplicationSet";
}

function partOfLabel(manifest: Manifest): string | undefined {
  return stringAt(manifest.object, "metadata", "labels", "app.kubernetes.io/part-of");
}

function wavePath(): string {
  return `metadata.annotations["${SYNC_WAVE}"]`;
}
