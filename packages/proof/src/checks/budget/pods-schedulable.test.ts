import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { podsSchedulable } from "./pods-schedulable.ts";

testRule(podsSchedulable, {
  "ok-this-node": [],
  "ok-preferred": [],
  "ok-apart-by-recreate": [],
  "ok-apart-by-zone": [],
  "ok-scaled-to-zero": [],
  gpu: ["unschedulable"],
  "huge-pages": ["unschedulable"],
  "ephemeral-storage": ["unschedulable"],
  "whole-node": ["unschedulable", "unschedulable"],
  "disk-type": ["unschedulable", "unschedulable"],
  "empty-role": ["unschedulable"],
  "other-host": ["unschedulable"],
  "daemon-set-nowhere": ["unschedulable"],
  "bound-elsewhere": ["unschedulable"],
  zones: ["unschedulable", "unschedulable"],
  "batch-scheduler": ["scheduler-unknown"],
  gated: ["scheduling-gated"],
  "replicas-apart": ["repels-on-one-node"],
  "rollout-deadlock": ["repels-on-one-node"],
  "neighbours-apart": ["repels-on-one-node"],
  "apart-everywhere": ["repels-on-one-node"],
});

test("names the resource, what the node has of it, and the container", () => {
  expect(checkRule(podsSchedulable, "gpu")).toMatchObject([
    {
      manifest: { kind: "Deployment", name: "web" },
      path: "spec.template.spec.containers[0].resources",
      message: "one pod requests nvidia.com/gpu 1, node node-1 has none to allocate",
      actual: "1",
      limit: "0",
    },
  ]);
  expect(checkRule(podsSchedulable, "whole-node")).toMatchObject([
    { actual: "4", limit: "3500m" },
    { actual: "7 Gi", limit: "6.5 Gi" },
  ]);
  expect(checkRule(podsSchedulable, "ephemeral-storage")).toMatchObject([{ limit: "80 Gi" }]);
});

test("says what the node is instead, and what follows", () => {
  expect(checkRule(podsSchedulable, "disk-type")).toMatchObject([
    {
      path: "spec.template.spec.nodeSelector[disktype]",
      message:
        "the pod wants a node with disktype=ssd, node node-1 has no label disktype, so the pods stay Pending",
    },
    { message: expect.stringContaining("node node-1 has kubernetes.io/os=linux") },
  ]);
  expect(checkRule(podsSchedulable, "daemon-set-nowhere")).toMatchObject([
    { message: expect.stringContaining("so there is no pod at all") },
  ]);
});
