import type { Defect } from "./platform-edit.ts";
import { podDefects } from "./pods.ts";

export const budgetDefects: readonly Defect[] = [
  {
    what: "a container without a memory limit",
    rule: "require-resources",
    names: "Deployment data/redis",
    apply: (platform) => {
      delete platform.container("Deployment", "data", "redis").resources.limits.memory;
    },
  },
  {
    what: "a container without any resources",
    rule: "require-resources",
    names: "Deployment data/registry",
    apply: (platform) => {
      delete platform.container("Deployment", "data", "registry").resources;
    },
  },
  {
    what: "an init container without a memory limit",
    rule: "require-resources",
    names: "StatefulSet data/postgresql",
    apply: (platform) => {
      const pod = platform.podSpec("StatefulSet", "data", "postgresql");
      const init = structuredClone(pod.containers[0]);
      init.name = "prepare";
      delete init.resources.limits.memory;
      pod.initContainers = [init];
    },
  },
  {
    what: "more replicas than the namespace's quota admits",
    rule: "quota-fits",
    names: "ResourceQuota data/budget",
    apply: (platform) => {
      platform.object("Deployment", "data", "redis").spec.replicas = 4;
    },
  },
  {
    what: "a rollout that surges over the quota",
    rule: "quota-fits",
    names: "Deployment data/redis",
    apply: (platform) => {
      const redis = platform.object("Deployment", "data", "redis");
      redis.spec.strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
      platform.container("Deployment", "data", "redis").resources.limits.memory = "1Gi";
    },
  },
  {
    what: "a CronJob whose runs pile up",
    rule: "quota-fits",
    names: "CronJob data/postgresql-backup",
    apply: (platform) => {
      const backup = platform.object("CronJob", "data", "postgresql-backup");
      backup.spec.concurrencyPolicy = "Allow";
      backup.spec.schedule = "*/5 * * * *";
    },
  },
  {
    what: "a container larger than the limit range admits",
    rule: "quota-fits",
    names: "StatefulSet data/minio",
    apply: (platform) => {
      platform.container("StatefulSet", "data", "minio").resources.limits.memory = "2049Mi";
    },
  },
  {
    what: "a claim that the storage quota refuses",
    rule: "quota-fits",
    names: "data",
    apply: (platform) => {
      const claim = platform.object("PersistentVolumeClaim", "data", "registry");
      claim.spec.resources.requests.storage = "400Gi";
    },
  },
  {
    what: "an ephemeral volume that the storage quota refuses",
    rule: "quota-fits",
    names: "requests.storage",
    apply: (platform) =>
      platform.podSpec("Deployment", "data", "redis").volumes.push({
        name: "scratch",
        ephemeral: {
          volumeClaimTemplate: {
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "300Gi" } } },
          },
        },
      }),
  },
  {
    what: "a layer that gives more away than it has",
    rule: "layer-fits",
    names: "data-services",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.layers["data-services"].memory = "5Gi";
      }),
  },
  {
    what: "layers that add up to more than is installed",
    rule: "layer-fits",
    names: "installed",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.layers.kubeflow.memory = "16Gi";
      }),
  },
  {
    what: "a node with less memory than the budgets need",
    rule: "node-fits",
    names: "memory limits",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.node.memory.capacity = "37Gi";
      }),
  },
  {
    what: "CPU requests beyond what is allocatable",
    rule: "node-fits",
    names: "CPU",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.node.cpu.reserved = "600m";
      }),
  },
  {
    what: "claims larger than the disk",
    rule: "node-fits",
    names: "storage",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.node.storage.capacity = "150Gi";
      }),
  },
  {
    what: "a quota that was edited beside the plan",
    rule: "quota-matches-plan",
    names: "ResourceQuota data/budget",
    apply: (platform) => {
      platform.object("ResourceQuota", "data", "budget").spec.hard["limits.memory"] = "7Gi";
    },
  },
  {
    what: "a quota that is missing",
    rule: "quota-matches-plan",
    names: "kubeflow",
    apply: (platform) => platform.remove("ResourceQuota", "kubeflow", "budget"),
  },
  {
    what: "a compute quota in Longhorn's namespace",
    rule: "quota-matches-plan",
    names: "longhorn-system",
    apply: (platform) => {
      platform.object("ResourceQuota", "longhorn-system", "budget").spec.hard["limits.memory"] = "2Gi";
    },
  },
  {
    what: "two limit ranges that both set defaults",
    rule: "limit-range-sane",
    names: "data",
    apply: (platform) => {
      const second = structuredClone(platform.object("LimitRange", "data", "containers"));
      second.metadata.name = "more";
      platform.add(second);
    },
  },
  {
    what: "a default limit above the maximum",
    rule: "limit-range-sane",
    names: "LimitRange mlflow/containers",
    apply: (platform) => {
      platform.object("LimitRange", "mlflow", "containers").spec.limits[0].default.memory = "2Gi";
    },
  },
  {
    what: "a namespace without a quota beside Kubeflow's reservation",
    rule: "reservation-holds",
    names: "scratch",
    apply: (platform) => {
      const namespace = structuredClone(platform.object("Namespace", undefined, "data"));
      namespace.metadata.name = "scratch";
      platform.add(namespace);
    },
  },
  {
    what: "Kubeflow's namespace without its quota",
    rule: "reservation-holds",
    names: "kubeflow",
    apply: (platform) => platform.remove("ResourceQuota", "kubeflow", "budget"),
  },
  {
    what: "Kubeflow's namespace that is not rendered while it is reserved",
    rule: "reservation-holds",
    names: "Namespace kubeflow",
    apply: (platform) => platform.remove("Namespace", undefined, "kubeflow"),
  },
  {
    what: "a quota that grows into Kubeflow's memory",
    rule: "reservation-holds",
    names: "global.namespaces · kubeflow",
    apply: (platform) => {
      platform.object("ResourceQuota", "data", "budget").spec.hard["limits.memory"] = "7Gi";
      platform.plan((plan) => {
        plan.namespaces.data.budget.memory = "7Gi";
      });
    },
  },
  {
    what: "Kubeflow's quota switched off by a profile",
    rule: "reservation-holds",
    names: "kubeflow",
    apply: (platform) => {
      platform.remove("ResourceQuota", "kubeflow", "budget");
      platform.plan((plan) => {
        plan.namespaces.kubeflow.quota = { enabled: false, compute: false };
      });
    },
  },
  ...podDefects,
  {
    what: "a collector that works towards the whole limit",
    rule: "memory-settings-agree",
    names: "GOMEMLIMIT",
    apply: (platform) => {
      const { env, resources } = platform.container("Deployment", "traefik", "traefik");
      const variable = env.find(({ name }: { name: string }) => name === "GOMEMLIMIT");
      variable.value = `${resources.limits.memory}B`;
    },
  },
  {
    what: "a limit range unlike the plan",
    rule: "limit-range-sane",
    names: "LimitRange data/",
    apply: (platform) => {
      const ranges = platform.manifests.filter(
        ({ kind, namespace }) => kind === "LimitRange" && namespace === "data",
      );
      const [{ name } = { name: "" }] = ranges;
      platform.object("LimitRange", "data", name).spec.limits[0].default.memory = "256Mi";
    },
  },
  {
    what: "temporary volumes larger than the disk",
    rule: "node-fits",
    names: "Deployment mlflow/mlflow",
    apply: (platform) => {
      const { volumes } = platform.podSpec("Deployment", "mlflow", "mlflow");
      volumes.push({ name: "scratch", emptyDir: { sizeLimit: "2Ti" } });
    },
  },
];
