import { describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import type { PodSpec } from "../manifest/workload.ts";
import { admitPod, NO_ADMISSION } from "./pod-resources.ts";
import { oomScoreAdjust, qualityOfService } from "./quality-of-service.ts";

describe("qualityOfService", () => {
  test.each([
    ["Guaranteed", { limits: { cpu: "1", memory: "1Gi" } }, undefined],
    ["Burstable", { limits: { memory: "1Gi" } }, undefined],
    ["Burstable", { requests: { cpu: "1m" } }, undefined],
    ["BestEffort", { limits: { cpu: "0", memory: "0" } }, undefined],
    ["BestEffort", undefined, undefined],
    ["Guaranteed", undefined, { limits: { cpu: "1", memory: "1Gi" } }],
    ["Burstable", { limits: { cpu: "1", memory: "1Gi" } }, { requests: { cpu: "2" } }],
  ])("%s for %p, pod-level %p", (expected, resources, podLevel) => {
    const spec = { containers: [{ name: "a", resources }], resources: podLevel } as unknown as PodSpec;
    expect(qualityOfService(admitPod(spec, NO_ADMISSION))).toBe(expected);
  });

  test("an init container without limits makes a pod burstable", () => {
    const limits = { cpu: "1", memory: "1Gi" };
    const spec = { initContainers: [{ name: "i" }], containers: [{ name: "a", resources: { limits } }] };
    expect(qualityOfService(admitPod(spec, NO_ADMISSION))).toBe("Burstable");
  });
});

describe("oomScoreAdjust", () => {
  const score = (spec: string, container: number, priorityClass?: string): number => {
    const admitted = admitPod(load(spec) as PodSpec, NO_ADMISSION);
    const found = admitted.containers[container];
    if (found === undefined) throw new Error("no such container");
    return oomScoreAdjust(admitted, found, priorityClass, 10n * 1024n ** 3n * 1000n);
  };
  const burstable = (memory: string): string =>
    `{name: ${memory.toLowerCase()}, resources: {requests: {memory: ${memory}}}}`;

  test.each([
    ["a tenth of the node", `{containers: [${burstable("1Gi")}]}`, 0, 900],
    ["below a thousandth", `{containers: [${burstable("1Mi")}]}`, 0, 999],
    ["all of the node", `{containers: [${burstable("10Gi")}]}`, 0, 3],
    ["no requests", "{containers: [{name: a}]}", 0, 1000],
    ["Guaranteed", "{containers: [{name: a, resources: {limits: {cpu: 1, memory: 1Gi}}}]}", 0, -997],
    [
      "a sidecar is at most its smallest regular container",
      `{initContainers: [{name: s, restartPolicy: Always}], containers: [${burstable("2Gi")}, ${burstable("1Gi")}]}`,
      0,
      900,
    ],
    [
      "pod-level requests are shared",
      `{resources: {requests: {memory: 4Gi}}, containers: [${burstable("1Gi")}, {name: b}]}`,
      1,
      850,
    ],
  ])("%s", (_, spec, container, expected) => {
    expect(score(spec, container)).toBe(expected);
  });

  test("system-node-critical is spared", () => {
    expect(score("{containers: [{name: a}]}", 0, "system-node-critical")).toBe(-997);
  });
});
