import type { Finding, Proof } from "../src/proof.ts";

const GI = 2 ** 30;
const MI = 2 ** 20;

/** A finding with every field filled, for tests of reports. */
export const sampleFinding: Finding = {
  rule: "quota-fits",
  code: "rollout-exceeds-quota",
  severity: "error",
  message: "The rollout of Deployment data/store needs more memory than the quota has.",
  object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "data", name: "store" },
  chart: "data-services",
  template: "templates/store/deployment.yaml",
  source: { file: "-", document: 4, line: 61 },
  path: "spec.strategy",
  actual: "6 Gi",
  limit: "4 Gi",
  fix: "Set strategy.type to Recreate, or raise global.namespaces.data.budget.memory to 6Gi.",
};

const totals = { memoryLimits: 2 * GI, memoryRequests: GI, cpuLimits: 1000, cpuRequests: 250, pods: 3 };

/** A proof of a small platform that fits. */
export const sampleProof: Proof = {
  schemaVersion: 1,
  profile: "sample",
  ok: true,
  tools: { platform: "0.1.0", helm: "4.2.3" },
  rules: ["quota-fits", "valid-wave"],
  findings: [],
  exceptions: [],
  unchecked: [],
  budget: {
    node: {
      name: "node-1",
      memory: {
        installed: 8 * GI,
        capacity: 7936 * MI,
        reserved: GI,
        evictionThreshold: 256 * MI,
        allocatable: 6656 * MI,
        budgeted: 6 * GI,
        limits: 2 * GI,
        peak: 3 * GI,
        terminating: 3 * GI,
        free: 512 * MI,
        unbounded: 108 * MI,
      },
      cpu: {
        capacity: 4000,
        reserved: 500,
        allocatable: 3500,
        budgeted: 3000,
        requests: 250,
        limits: 6000,
        free: 500,
      },
      pods: { max: 110, steady: 3, peak: 4, terminating: 4 },
    },
    layers: [
      {
        name: "data",
        wave: 10,
        budget: 4 * GI,
        reserved: 0,
        limits: 2 * GI,
        requests: GI,
        peak: 2.5 * GI,
        terminating: 3 * GI,
        headroom: GI,
        cpuRequests: 250,
        cpuLimits: 1000,
        namespaces: ["data"],
      },
      {
        name: "apps",
        wave: 30,
        budget: 2 * GI,
        reserved: 0,
        limits: 0,
        requests: 0,
        peak: 0,
        terminating: 0,
        headroom: 2 * GI,
        cpuRequests: 0,
        cpuLimits: 0,
        namespaces: [],
      },
    ],
    namespaces: [
      {
        name: "data",
        layer: "data",
        budget: { memory: 4 * GI, cpuLimits: 2000, cpuRequests: 1000, pods: 10 },
        steady: totals,
        peak: { ...totals, memoryLimits: 2.5 * GI, pods: 4 },
        terminating: { ...totals, memoryLimits: 3 * GI, pods: 4 },
        headroom: GI,
      },
      {
        name: "elsewhere",
        layer: null,
        budget: null,
        steady: totals,
        peak: totals,
        terminating: totals,
        headroom: null,
      },
    ],
  },
  addresses: [],
  order: [
    {
      layer: "data",
      wave: 10,
      objects: 3,
      components: [
        {
          name: "store",
          objects: 3,
          waves: [
            { phase: "PreSync", wave: 0, objects: 1, kinds: { Job: 1 } },
            { phase: "Sync", wave: 12, objects: 2, kinds: { Service: 1, Deployment: 1 } },
          ],
        },
      ],
    },
    { layer: null, wave: null, objects: 1, components: [{ name: null, objects: 1, waves: [] }] },
  ],
  images: [],
  counts: { objects: 4, pods: 3, declaredPods: 0, containers: 5, rules: 2 },
};
