import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { nodeConfigAgrees } from "./node-config-agrees.ts";

testRule(nodeConfigAgrees, {
  "no-kubelet-file": ["unreadable-file"],
  "broken-file": ["unreadable-file"],
  "list-for-a-mapping": ["unreadable-file"],
  "misspelt-option": ["unknown-option", "unknown-option"],
  "other-machine": ["network-differs", "network-differs", "network-differs"],
  "servicelb-left-on": ["component-differs"],
  "dns-disabled": ["component-differs"],
  "provisioner-still-counted": ["undeclared-pods"],
  "metrics-server-not-counted": ["undeclared-pods"],
  "policies-off": ["policies-not-enforced"],
  "other-network": ["policies-not-enforced"],
  "secrets-in-clear": ["secrets-readable"],
  "file-not-passed": ["kubelet-file-not-passed"],
  "flag-wins": ["flag-beside-file", "flag-beside-file"],
  "nothing-reserved": ["allocatable-differs", "allocatable-differs", "allocatable-differs"],
  "reserve-unreadable": ["allocatable-differs"],
  "reserve-not-quoted": ["allocatable-differs"],
  "k3s-defaults": ["allocatable-differs", "signal-missing", "signal-missing", "signal-missing"],
  "evicts-early": ["signal-differs"],
  "too-many-pods": ["max-pods-differs"],
  "images-fill-the-disk": ["images-stay-too-long"],
  "database-cut-off": ["stops-too-soon"],
  "no-order": ["stops-too-soon"],
  "system-does-not-wait": ["delay-too-short"],
  "ok-agrees": [],
  "ok-split-reserve": [],
  "ok-k3s-components": [],
  "ok-no-machine": ["unchecked"],
});

test("does the kubelet's arithmetic and says what is left of the node", () => {
  expect(checkRule(nodeConfigAgrees, "nothing-reserved")[1]).toMatchObject({
    path: "etc/rancher/k3s/kubelet.yaml: systemReserved.memory",
    actual: "7.5 Gi",
    limit: "6.5 Gi",
    fix: "let kubeReserved, systemReserved and the eviction threshold add up to 1280Mi",
  });
});

test("names the option that was meant", () => {
  expect(
    checkRule(nodeConfigAgrees, "misspelt-option").map((problem) => "fix" in problem && problem.fix),
  ).toEqual(["write disable", "write secrets-encryption"]);
});

test("says how long a pod asks for and what it gets", () => {
  expect(checkRule(nodeConfigAgrees, "database-cut-off")).toEqual([
    expect.objectContaining({ actual: 20, limit: 120, fix: "give priority 900 120 seconds" }),
  ]);
});
