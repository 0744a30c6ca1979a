import type { AlertCase } from "./alert-case.ts";

const working = (bytes: number): string =>
  `container_memory_working_set_bytes{namespace="data",pod="minio-0",container="minio"} ${bytes}`;
const deployment = (metric: string, value: number): string =>
  `kube_deployment_${metric}{namespace="data",deployment="redis"} ${value}`;
const running = 'kube_pod_status_phase{namespace="data",pod="redis-0",phase="Running"} 1';
const allocatable = (resource: string, value: number): string =>
  `kube_node_status_allocatable{node="t495",resource="${resource}"} ${value}`;
const asks = (kind: string, resource: string, value: number): string =>
  `kube_pod_container_resource_${kind}{namespace="data",pod="redis-0",container="redis",resource="${resource}"} ${value}`;

export const budgetCases: readonly AlertCase[] = [
  {
    alert: "MemoryBudgetNearlyUsed",
    fires: [working(6.4e9)],
    quiet: [working(6e9)],
    labels: { namespace: "data", layer: "data-services" },
    summary: "data uses 99.34% of its memory budget",
  },
  {
    alert: "QuotaDiffersFromPlan",
    fires: ['kube_resourcequota{namespace="data",resource="limits.memory",type="hard"} 8589934592'],
    quiet: ['kube_resourcequota{namespace="data",resource="limits.memory",type="hard"} 6442450944'],
    labels: { namespace: "data" },
    summary: "The quota of data is not what the plan says",
  },
  {
    alert: "PodsNotCreated",
    fires: [deployment("spec_replicas", 1), deployment("status_replicas", 0)],
    quiet: [deployment("spec_replicas", 1), deployment("status_replicas", 1)],
    labels: { namespace: "data", deployment: "redis", workload: "Deployment/redis" },
    summary: "Pods of Deployment/redis in data are not created",
  },
  {
    alert: "MemoryLimitsExceedAllocatable",
    fires: [running, allocatable("memory", 39e9), asks("limits", "memory", 40e9)],
    // What has ended holds no memory.
    quiet: [
      running.replace("Running", "Succeeded"),
      allocatable("memory", 39e9),
      asks("limits", "memory", 40e9),
    ],
    labels: {},
    summary: "Memory limits of all pods together are more than the node can allocate",
  },
  {
    alert: "RequestsNearAllocatable",
    fires: [running, allocatable("cpu", 7.5), asks("requests", "cpu", 7.3)],
    quiet: [running, allocatable("cpu", 7.5), asks("requests", "cpu", 7)],
    labels: { resource: "cpu" },
    summary: "97.33% of the node's cpu is requested",
  },
  {
    alert: "AllocatableBelowPlan",
    fires: [allocatable("memory", 39e9)],
    quiet: [allocatable("memory", 39661338624)],
    labels: { node: "t495", resource: "memory" },
    summary: "Node t495 can allocate less memory than the plan says",
  },
  {
    alert: "PodsNearMaximum",
    fires: ['kube_pod_status_phase{namespace="data",pod="all",phase="Running"} 104'],
    quiet: [
      'kube_pod_status_phase{namespace="data",pod="all",phase="Running"} 40',
      'kube_pod_status_phase{namespace="data",pod="all",phase="Succeeded"} 100',
    ],
    labels: {},
    summary: "94.55% of the pods that the kubelet accepts are there",
  },
];
