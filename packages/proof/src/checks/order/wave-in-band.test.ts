import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { waveInBand } from "./wave-in-band.ts";

testRule(waveInBand, {
  "below-and-above": ["outside-band", "outside-band", "outside-band", "outside-band"],
  "component-that-moved": ["wrong-layer", "outside-band", "wrong-layer"],
  "nobodys-objects": ["unknown-component", "unknown-component"],
  "argocd-objects": ["outside-band", "wrong-set-wave", "mixed-layers", "wrong-set-wave"],
  "merged-layers": ["same-wave"],
  "overlapping-bands": ["bands-overlap", "bands-overlap"],
  "layer-before-foundation": ["layer-before-foundation"],
  "ok-bands-apart": [],
  "ok-edges-of-bands": [],
  "ok-argocd-objects": [],
});

test("names the band", () => {
  expect(checkRule(waveInBand, "below-and-above")[0]).toMatchObject({
    actual: 9,
    limit: "10 to 19",
    path: 'metadata.annotations["argocd.argoproj.io/sync-wave"]',
    fix: "Give it a wave from 10 to 19.",
  });
});

test("names both layers and the next free wave", () => {
  expect(checkRule(waveInBand, "overlapping-bands")).toMatchObject([
    { path: "global.layers.infrastructure.wave", actual: -16, limit: "-30 to -15" },
    {
      path: "global.layers.apps.wave",
      message:
        "Layer apps has the waves 19 to 28 and data 10 to 19: a wave that both have does not say which comes first",
      fix: "Give apps a first wave from 20 on, clear of every other band.",
    },
  ]);
  expect(checkRule(waveInBand, "merged-layers")).toMatchObject([
    { message: expect.stringContaining("Layers data and apps both start in wave 10") },
  ]);
});
