import type { Defect } from "./platform-edit.ts";

/** The plan or a chart changes, and the machine's generated configuration does not. */
export const nodeDefects: readonly Defect[] = [
  {
    what: "more reserved for the system than the kubelet knows",
    rule: "node-config-agrees",
    names: "systemReserved.memory",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.node.memory.reserved = "2Gi";
      }),
  },
  {
    what: "an eviction threshold that the kubelet does not have",
    rule: "node-config-agrees",
    names: 'evictionHard["memory.available"]',
    apply: (platform) =>
      platform.plan((plan) => {
        plan.node.memory.evictionThreshold = "512Mi";
      }),
  },
  {
    what: "room for more pods than the kubelet admits",
    rule: "node-config-agrees",
    names: "maxPods",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.node.maxPods = 220;
      }),
  },
  {
    what: "a pod network that K3s does not use",
    rule: "node-config-agrees",
    names: "cluster-cidr",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.node.network.podCidr = "10.44.0.0/16";
      }),
  },
  {
    what: "an ingress controller beside K3s' own",
    rule: "node-config-agrees",
    names: "K3s must deploy traefik",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.ingress.provider = "k3s";
      }),
  },
  {
    what: "a metrics server that nobody counts",
    rule: "node-config-agrees",
    names: "Deployment kube-system/metrics-server",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.dynamicPods["metrics-server"].enabled = false;
      }),
  },
  {
    what: "a database that a shutdown cuts off",
    rule: "node-config-agrees",
    names: "pods of class data-services ask for up to 600 s",
    apply: (platform) => {
      platform.podSpec("StatefulSet", "data", "postgresql").terminationGracePeriodSeconds = 600;
    },
  },
];
