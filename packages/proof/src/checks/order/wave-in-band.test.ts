import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { waveInBand } from "./wave-in-band.ts";

testRule(waveInBand, {
  "below-and-above": ["outside-band", "outside-band", "outside-band", "outside-band"],
  "component-that-moved": ["wrong-layer", "outside-band", "wrong-layer"],
  "nobodys-objects": ["unknown-component", "unknown-component"],
  "argocd-objects": ["outside-band", "wrong-set-wave", "mixed-layers", "wrong-set-wave"],
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
