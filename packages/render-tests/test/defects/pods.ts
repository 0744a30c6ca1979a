import type { Defect } from "./platform-edit.ts";

/** What pods demand of the node, make at run time, and are told about memory. */
export const podDefects: readonly Defect[] = [
  {
    what: "a GPU that the node does not have",
    rule: "pods-schedulable",
    names: "nvidia.com/gpu",
    apply: (platform) => {
      platform.container("Deployment", "data", "redis").resources.limits["nvidia.com/gpu"] = 1;
    },
  },
  {
    what: "a label that only other nodes have",
    rule: "pods-schedulable",
    names: "StatefulSet data/minio",
    apply: (platform) => {
      platform.podSpec("StatefulSet", "data", "minio").nodeSelector = { disktype: "ssd" };
    },
  },
  {
    what: "a rollout whose new pod refuses the node of the old one",
    rule: "pods-schedulable",
    names: "Deployment data/redis",
    apply: (platform) => {
      const { spec } = platform.object("Deployment", "data", "redis");
      spec.strategy = { type: "RollingUpdate" };
      spec.template.spec.affinity = {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: "kubernetes.io/hostname", labelSelector: structuredClone(spec.selector) },
          ],
        },
      };
    },
  },
  {
    what: "a workload that may create pods which nobody declared",
    rule: "dynamic-pods-declared",
    names: "Deployment data/registry",
    apply: (platform) => {
      const metadata = { name: "registry", namespace: "data" };
      platform.podSpec("Deployment", "data", "registry").automountServiceAccountToken = true;
      platform.add({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata,
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["create"] }],
      });
      platform.add({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "registry" },
        subjects: [{ kind: "ServiceAccount", name: "registry", namespace: "data" }],
      });
    },
  },
  {
    what: "K3s' own pods undeclared",
    rule: "dynamic-pods-declared",
    names: "kube-system",
    apply: (platform) =>
      platform.plan((plan) => {
        for (const name of ["coredns", "metrics-server", "local-path-provisioner"]) {
          plan.dynamicPods[name].enabled = false;
        }
      }),
  },
  {
    what: "more CPU limits in kube-system than its budget",
    rule: "dynamic-pods-declared",
    names: "CPU limits",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.namespaces["kube-system"].budget.cpuLimits = "2";
      }),
  },
  {
    what: "a workload that may scale others",
    rule: "dynamic-pods-declared",
    names: "patch apps/deployments/scale",
    apply: (platform) => {
      const metadata = { name: "redis", namespace: "data" };
      platform.podSpec("Deployment", "data", "redis").automountServiceAccountToken = true;
      platform.add({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata,
        rules: [{ apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["patch"] }],
      });
      platform.add({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "redis" },
        subjects: [{ kind: "User", name: "system:serviceaccount:data:redis" }],
      });
    },
  },
  {
    what: "a Go heap larger than the container",
    rule: "memory-settings-agree",
    names: "StatefulSet data/minio",
    apply: (platform) => {
      const { env } = platform.container("StatefulSet", "data", "minio");
      env.find((variable: { name: string }) => variable.name === "GOMEMLIMIT").value = "4GiB";
    },
  },
  {
    what: "a Redis that may keep more than its container",
    rule: "memory-settings-agree",
    names: "Deployment data/redis",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "data", "redis");
      data["redis.conf"] = data["redis.conf"].replace(/^maxmemory .*$/m, "maxmemory 2gb");
    },
  },
  {
    what: "shared buffers larger than PostgreSQL's container",
    rule: "memory-settings-agree",
    names: "StatefulSet data/postgresql",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "data", "postgresql");
      data["postgresql.conf"] = data["postgresql.conf"].replace(
        /^shared_buffers.*$/m,
        "shared_buffers = 4GB",
      );
    },
  },
  {
    what: "a Loki that replays its log with upstream's ceiling",
    rule: "memory-settings-agree",
    names: "StatefulSet monitoring/loki",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "monitoring", "loki");
      data["loki.yaml"] = data["loki.yaml"].replace(
        /replay_memory_ceiling: .*/,
        "replay_memory_ceiling: 4GB",
      );
    },
  },
  {
    what: "a Redis that bounds nothing",
    rule: "memory-settings-agree",
    names: "Deployment data/redis",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "data", "redis");
      data["redis.conf"] = data["redis.conf"].replace(/^maxmemory .*$/m, "");
    },
  },
  {
    what: "a second maxmemory further down",
    rule: "memory-settings-agree",
    names: "Deployment data/redis",
    apply: (platform) => {
      platform.object("ConfigMap", "data", "redis").data["redis.conf"] += "MAXMEMORY 2gb\n";
    },
  },
  {
    what: "a Go heap in a unit that Go does not know",
    rule: "memory-settings-agree",
    names: "StatefulSet data/minio",
    apply: (platform) => {
      const { env } = platform.container("StatefulSet", "data", "minio");
      env.find((variable: { name: string }) => variable.name === "GOMEMLIMIT").value = "1Gi";
    },
  },
];
