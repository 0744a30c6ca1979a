import type { AlertCase } from "./alert-case.ts";

const condition = (name: string, value: number): string =>
  `kube_node_status_condition{node="t495",condition="${name}",status="true"} ${value}`;
const disk = (metric: string, value: number | string): string =>
  `node_filesystem_${metric}{mountpoint="/filesystems/system"} ${value}`;
const mountpoint = "/filesystems/system";
const volume = (metric: string, value: number): string =>
  `kubelet_volume_stats_${metric}{namespace="data",persistentvolumeclaim="data-minio-0"} ${value}`;
const claim = { namespace: "data", persistentvolumeclaim: "data-minio-0" };
const longhorn = (state: string, value: number): string =>
  `longhorn_volume_robustness{pvc_namespace="data",pvc="data-minio-0",volume="pvc-1",node="t495",state="${state}"} ${value}`;

export const nodeCases: readonly AlertCase[] = [
  {
    alert: "NodeNotReady",
    fires: [condition("Ready", 0)],
    quiet: [condition("Ready", 1)],
    labels: { node: "t495", condition: "Ready", status: "true" },
    summary: "Node t495 is not ready",
  },
  {
    alert: "NodeUnderPressure",
    fires: [condition("DiskPressure", 1)],
    quiet: [condition("DiskPressure", 0), condition("Ready", 1)],
    labels: { node: "t495", condition: "DiskPressure", status: "true" },
    summary: "Node t495 reports DiskPressure",
  },
  {
    alert: "NodeMemoryLow",
    fires: ['node_memory_MemAvailable_bytes{instance="10.42.0.9:9100"} 500000000'],
    quiet: ['node_memory_MemAvailable_bytes{instance="10.42.0.9:9100"} 600000000'],
    labels: { instance: "10.42.0.9:9100" },
    summary: "The node has 476.8MiB of memory left",
  },
  {
    alert: "FileSystemFillsUp",
    fires: [disk("avail_bytes", 10), disk("size_bytes", 100)],
    quiet: [disk("avail_bytes", 20), disk("size_bytes", 100)],
    labels: { mountpoint },
    summary: `${mountpoint} of the node has 10% left`,
  },
  {
    alert: "FileSystemFullInADay",
    fires: [disk("avail_bytes", "39000-30x300"), disk("size_bytes", 100000)],
    // Much of it, but for much longer than a day.
    quiet: [disk("avail_bytes", "39000-2x300"), disk("size_bytes", 100000)],
    labels: { mountpoint },
    summary: `${mountpoint} of the node is full within a day if it goes on like this`,
  },
  {
    alert: "FileSystemOutOfInodes",
    fires: [disk("files_free", 5), disk("files", 100)],
    quiet: [disk("files_free", 50), disk("files", 100)],
    labels: { mountpoint },
    summary: `${mountpoint} of the node can hold 5% of its files more`,
  },
];

export const storageCases: readonly AlertCase[] = [
  {
    alert: "VolumeFillsUp",
    fires: [volume("available_bytes", 5), volume("capacity_bytes", 100)],
    quiet: [volume("available_bytes", 15), volume("capacity_bytes", 100)],
    labels: claim,
    summary: "Volume data-minio-0 in data has 5% left",
  },
  {
    alert: "VolumeOutOfInodes",
    fires: [volume("inodes_free", 5), volume("inodes", 100)],
    quiet: [volume("inodes_free", 15), volume("inodes", 100)],
    labels: claim,
    summary: "Volume data-minio-0 in data can hold 5% of its files more",
  },
  {
    alert: "VolumeClaimNotBound",
    fires: [
      'kube_persistentvolumeclaim_status_phase{namespace="data",persistentvolumeclaim="data-minio-0",phase="Lost"} 1',
    ],
    quiet: [
      'kube_persistentvolumeclaim_status_phase{namespace="data",persistentvolumeclaim="data-minio-0",phase="Bound"} 1',
    ],
    labels: { ...claim, phase: "Lost" },
    summary: "Claim data-minio-0 in data is Lost",
  },
  {
    alert: "VolumeClaimsExceedDisk",
    fires: [
      'kube_persistentvolumeclaim_resource_requests_storage_bytes{namespace="data",persistentvolumeclaim="a"} 370e9',
    ],
    quiet: [
      'kube_persistentvolumeclaim_resource_requests_storage_bytes{namespace="data",persistentvolumeclaim="a"} 360e9',
    ],
    labels: {},
    summary: "Claims of all namespaces together are larger than the disk",
  },
  {
    alert: "LonghornVolumeUnhealthy",
    fires: [longhorn("faulted", 1), longhorn("healthy", 0)],
    quiet: [longhorn("faulted", 0), longhorn("healthy", 1)],
    labels: { pvc_namespace: "data", pvc: "data-minio-0", volume: "pvc-1", node: "t495", state: "faulted" },
    summary: "Longhorn volume pvc-1 (data/data-minio-0) is faulted",
  },
];
