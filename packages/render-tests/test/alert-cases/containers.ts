import type { AlertCase } from "./alert-case.ts";

const container = { namespace: "data", pod: "redis-0", container: "redis" };
const of = (metric: string, value: number | string, more = ""): string =>
  `${metric}{namespace="data",pod="redis-0",container="redis"${more}} ${value}`;
const who = "redis of data/redis-0";
const statefulset = (metric: string, value: number): string =>
  `kube_statefulset_${metric}{namespace="data",statefulset="minio"} ${value}`;

export const containerCases: readonly AlertCase[] = [
  {
    alert: "ContainerNearMemoryLimit",
    fires: [
      of("container_memory_working_set_bytes", 720e6),
      of("kube_pod_container_resource_limits", 738197504, ',resource="memory"'),
    ],
    quiet: [
      of("container_memory_working_set_bytes", 690e6),
      of("kube_pod_container_resource_limits", 738197504, ',resource="memory"'),
    ],
    labels: container,
    summary: `${who} uses 97.53% of its memory limit`,
  },
  {
    alert: "ContainerOutOfMemory",
    fires: [
      of("kube_pod_container_status_last_terminated_reason", 1, ',reason="OOMKilled"'),
      of("kube_pod_container_status_restarts_total", "0x230 1x100"),
    ],
    // Long ago.
    quiet: [
      of("kube_pod_container_status_last_terminated_reason", 1, ',reason="OOMKilled"'),
      of("kube_pod_container_status_restarts_total", "0x30 1x300"),
    ],
    labels: container,
    summary: `${who} was ended for want of memory`,
  },
  {
    alert: "ContainerRestarts",
    fires: [of("kube_pod_container_status_restarts_total", "0+0.1x300")],
    quiet: [of("kube_pod_container_status_restarts_total", "0+0.02x300")],
    labels: container,
    summary: `${who} restarts again and again`,
  },
  {
    alert: "ContainerThrottled",
    fires: [
      of("container_cpu_cfs_throttled_periods_total", "0+540x300"),
      of("container_cpu_cfs_periods_total", "0+600x300"),
    ],
    quiet: [
      of("container_cpu_cfs_throttled_periods_total", "0+300x300"),
      of("container_cpu_cfs_periods_total", "0+600x300"),
    ],
    labels: container,
    summary: `${who} is slowed down in 90% of its periods`,
  },
  {
    alert: "PodNotRunning",
    fires: ['kube_pod_status_phase{namespace="data",pod="redis-0",phase="Pending"} 1'],
    quiet: [
      'kube_pod_status_phase{namespace="data",pod="redis-0",phase="Pending"} 0',
      'kube_pod_status_phase{namespace="data",pod="redis-0",phase="Succeeded"} 1',
    ],
    labels: { namespace: "data", pod: "redis-0", phase: "Pending" },
    summary: "data/redis-0 is Pending",
  },
  {
    alert: "WorkloadNotReady",
    fires: [statefulset("replicas", 1), statefulset("status_replicas_ready", 0)],
    quiet: [statefulset("replicas", 1), statefulset("status_replicas_ready", 1)],
    labels: { namespace: "data", statefulset: "minio", workload: "StatefulSet/minio" },
    summary: "StatefulSet/minio in data is not ready",
  },
  {
    alert: "JobFailed",
    fires: ['kube_job_failed{namespace="data",job_name="minio-provision",condition="true"} 1'],
    quiet: ['kube_job_failed{namespace="data",job_name="minio-provision",condition="false"} 1'],
    labels: { namespace: "data", job_name: "minio-provision", condition: "true" },
    summary: "Job minio-provision in data failed",
  },
];
