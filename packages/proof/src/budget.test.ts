import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { summariseBudget } from "./budget.ts";
import { createContext } from "./checks/context.ts";
import { parseManifests } from "./manifest/parse-manifests.ts";
import type { Plan } from "./plan/plan.ts";
import { readPlanFile } from "./plan/read-plan.ts";

const GI = 2 ** 30;
const MI = 2 ** 20;
const PLAN = readPlanFile(
  readFileSync(new URL("../fixtures/plan.yaml", import.meta.url), "utf8"),
  "plan.yaml",
);

const STREAM = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: store, namespace: data }
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: main
          resources: { requests: { cpu: 100m, memory: 512Mi }, limits: { cpu: 500m, memory: 1Gi } }
---
apiVersion: v1
kind: Pod
metadata: { name: stray, namespace: elsewhere }
spec:
  containers:
    - name: main
      resources: { limits: { cpu: 200m, memory: 64Mi } }
`;

function budgetOf(plan: Plan | undefined) {
  return summariseBudget(createContext(parseManifests(STREAM, "s.yaml"), plan).accounting, plan);
}

describe("the budget of a proof", () => {
  const { node, layers, namespaces } = budgetOf(PLAN);
  const layer = (name: string) => layers.find((candidate) => candidate.name === name);

  test("layers stand in rollout order and share what is installed", () => {
    expect(layers.map(({ name }) => name)).toEqual(["system", "foundation", "data", "apps"]);
    expect(layers.reduce((sum, { budget }) => sum + budget, 0)).toBe(node?.memory.installed);
  });

  test("a layer's worst moment holds every old pod of a rollout, and its headroom what is left", () => {
    expect(layer("data")).toMatchObject({
      limits: 2 * GI,
      requests: GI,
      peak: 3 * GI,
      terminating: 4 * GI,
      headroom: 0,
      cpuRequests: 200,
      cpuLimits: 1000,
      namespaces: ["data"],
    });
  });

  test("the system layer pays for what the node keeps, and for pods that no rendering shows", () => {
    const kept = (8 * 1024 - 7936 + 1024 + 256) * MI;
    expect(layer("system")).toMatchObject({ reserved: kept, limits: kept + 170 * MI, requests: 70 * MI });
  });

  test("the node: allocatable, what is promised, what is free", () => {
    expect(node?.memory).toMatchObject({ allocatable: (7936 - 1024 - 256) * MI, unbounded: 0 });
    expect(node?.memory.free).toBe((node?.memory.allocatable ?? 0) - (node?.memory.budgeted ?? 0));
    expect(node?.cpu).toMatchObject({ allocatable: 3500, requests: 500, limits: 5200 });
    expect(node?.pods).toEqual({ max: 110, steady: 4, peak: 5, terminating: 6 });
  });

  test("a namespace outside the plan is shown without a budget", () => {
    expect(namespaces.find(({ name }) => name === "elsewhere")).toMatchObject({
      layer: null,
      budget: null,
      headroom: null,
      steady: { memoryLimits: 64 * MI, memoryRequests: 64 * MI, pods: 1 },
    });
  });

  test("what nothing bounds is summed apart", () => {
    const coredns = { ...PLAN.dynamicPods.coredns, bounded: false } as Plan["dynamicPods"][string];
    expect(budgetOf({ ...PLAN, dynamicPods: { coredns } }).node?.memory.unbounded).toBe(170 * MI);
  });

  test("without a plan there are only namespaces", () => {
    const foreign = budgetOf(undefined);
    expect(foreign).toMatchObject({ node: null, layers: [] });
    expect(foreign.namespaces.map(({ name }) => name).sort()).toEqual(["data", "elsewhere"]);
  });
});
