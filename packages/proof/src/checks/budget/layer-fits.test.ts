import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { layerFits } from "./layer-fits.ts";

testRule(layerFits, {
  "ok-exact": [],
  "ok-given-away": [],
  "ok-full-system-layer": [],
  "namespace-grew": ["layer-overcommitted"],
  "system-carries-reservations": ["layer-overcommitted"],
  "charged-to-a-full-layer": ["layer-overcommitted"],
  "layer-grew": ["layers-differ-from-installed"],
  "memory-nobody-owns": ["layers-differ-from-installed"],
  "misspelt-layer": ["unknown-layer"],
  "capacity-is-not-installed": ["capacity-exceeds-installed"],
});

test("the system layer carries what the node keeps for itself", () => {
  expect(checkRule(layerFits, "system-carries-reservations")).toMatchObject([
    {
      path: "global.layers.system.memory",
      message:
        "layer system has 2 Gi, but 2568 Mi are taken from it, 520 Mi too much (reserved 1800 Mi, hidden from the kubelet 256 Mi, eviction threshold 256 Mi, kube-system 256 Mi)",
      fix: "shrink a namespace that is charged to system by 520 Mi, or charge one to another layer",
    },
  ]);
});

test("says by how much the layers miss what is installed", () => {
  expect(checkRule(layerFits, "memory-nobody-owns")).toMatchObject([
    { message: "the layers add up to 8 Gi, 1 Gi less than the 9 Gi that are installed" },
  ]);
});
