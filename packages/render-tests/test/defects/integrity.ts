import type { Defect } from "./platform-edit.ts";

export const integrityDefects: readonly Defect[] = [
  {
    what: "a dashboard that is mounted and not there",
    rule: "references-resolve",
    names: "grafana-dashboard-budget",
    apply: (platform) => platform.remove("ConfigMap", "monitoring", "grafana-dashboard-budget"),
  },
  {
    what: "a misspelt field",
    rule: "valid-object",
    names: "Deployment data/redis",
    apply: (platform) => {
      const container = platform.container("Deployment", "data", "redis");
      container.livenesProbe = container.livenessProbe;
      delete container.livenessProbe;
    },
  },
  {
    what: "a number written as text",
    rule: "valid-object",
    names: "StatefulSet data/minio",
    apply: (platform) => {
      platform.object("StatefulSet", "data", "minio").spec.replicas = "one";
    },
  },
  {
    what: "requests above limits",
    rule: "valid-object",
    names: "Deployment data/registry",
    apply: (platform) => {
      platform.container("Deployment", "data", "registry").resources.requests.memory = "1Gi";
    },
  },
  {
    what: "a volume mount without its volume",
    rule: "valid-object",
    names: "StatefulSet data/postgresql",
    apply: (platform) => {
      const pod = platform.podSpec("StatefulSet", "data", "postgresql");
      pod.volumes = pod.volumes.filter((volume: { name: string }) => volume.name !== "run");
    },
  },
  {
    what: "a container limit above that of its pod",
    rule: "valid-object",
    names: "Deployment data/redis · spec.template.spec.containers[0].resources.limits.memory",
    apply: (platform) => {
      platform.podSpec("Deployment", "data", "redis").resources = { limits: { memory: "256Mi" } };
    },
  },
  {
    what: "a rollout that fails before its pods count as ready",
    rule: "valid-object",
    names: "Deployment data/redis · spec.progressDeadlineSeconds",
    apply: (platform) => {
      platform.object("Deployment", "data", "redis").spec.minReadySeconds = 900;
    },
  },
  {
    what: "fifty pods of a kind that nobody counts",
    rule: "valid-object",
    names: "Rollout data/redis-canary",
    apply: (platform) => {
      const { metadata, spec } = structuredClone(platform.object("Deployment", "data", "redis"));
      platform.add({
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Rollout",
        metadata: { ...metadata, name: "redis-canary" },
        spec: { ...spec, replicas: 50 },
      });
    },
  },
  {
    what: "an autoscaler whose replicas nobody counts",
    rule: "valid-object",
    names: "ScaledObject data/redis",
    apply: (platform) =>
      platform.add({
        apiVersion: "keda.sh/v1alpha1",
        kind: "ScaledObject",
        metadata: { name: "redis", namespace: "data" },
        spec: { scaleTargetRef: { name: "redis" }, maxReplicaCount: 30 },
      }),
  },
  {
    what: "an autoscaler that raises limits",
    rule: "valid-object",
    names: "VerticalPodAutoscaler data/redis",
    apply: (platform) =>
      platform.add({
        apiVersion: "autoscaling.k8s.io/v1",
        kind: "VerticalPodAutoscaler",
        metadata: { name: "redis", namespace: "data" },
        spec: {
          targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "redis" },
          updatePolicy: { updateMode: "InPlaceOrRecreate" },
        },
      }),
  },
  {
    what: "a ConfigMap that nobody renders",
    rule: "references-resolve",
    names: "Deployment data/redis",
    apply: (platform) => platform.remove("ConfigMap", "data", "redis"),
  },
  {
    what: "a service account that nobody renders",
    rule: "references-resolve",
    names: "StatefulSet data/minio",
    apply: (platform) => platform.remove("ServiceAccount", "data", "minio"),
  },
  {
    what: "a claim that nobody renders",
    rule: "references-resolve",
    names: "Deployment data/registry",
    apply: (platform) => platform.remove("PersistentVolumeClaim", "data", "registry"),
  },
  {
    what: "a storage class that the plan does not know",
    rule: "references-resolve",
    names: "PersistentVolumeClaim data/registry",
    apply: (platform) => {
      platform.object("PersistentVolumeClaim", "data", "registry").spec.storageClassName = "fast";
    },
  },
  {
    what: "a shared volume of a class that makes folders on one node",
    rule: "references-resolve",
    names: "PersistentVolumeClaim data/registry · spec.accessModes",
    apply: (platform) => {
      platform.claimOfFolders("data", "registry").spec.accessModes = ["ReadWriteMany"];
    },
  },
  {
    what: "a block device of a class that makes folders",
    rule: "references-resolve",
    names: "PersistentVolumeClaim data/registry · spec.volumeMode",
    apply: (platform) => {
      platform.claimOfFolders("data", "registry").spec.volumeMode = "Block";
    },
  },
  {
    what: "a claim for a volume that nobody renders",
    rule: "references-resolve",
    names: "PersistentVolumeClaim data/registry · spec.volumeName",
    apply: (platform) => {
      platform.object("PersistentVolumeClaim", "data", "registry").spec.volumeName = "ghost";
    },
  },
  {
    what: "a Service that selects nothing",
    rule: "selectors-match",
    names: "Service data/postgresql",
    apply: (platform) => {
      platform.object("Service", "data", "postgresql").spec.selector["app.kubernetes.io/name"] = "postgres";
    },
  },
  {
    what: "a workload that does not select its own pods",
    rule: "selectors-match",
    names: "Deployment data/redis",
    apply: (platform) => {
      const { spec } = platform.object("Deployment", "data", "redis");
      spec.template.metadata.labels["app.kubernetes.io/component"] = "cache";
    },
  },
  {
    what: "a Service port that no container opens",
    rule: "ports-match",
    names: "Service data/registry",
    apply: (platform) => {
      platform.object("Service", "data", "registry").spec.ports[0].targetPort = "web";
    },
  },
  {
    what: "an Ingress to a port that its Service lacks",
    rule: "ports-match",
    names: "Ingress data/minio",
    apply: (platform) => {
      const [rule] = platform.object("Ingress", "data", "minio").spec.rules;
      rule.http.paths[0].backend.service.port = { number: 9009 };
    },
  },
  {
    what: "one object rendered twice",
    rule: "unique-object",
    names: "Service data/redis",
    apply: (platform) => platform.add(structuredClone(platform.object("Service", "data", "redis"))),
  },
  {
    what: "an object without a namespace",
    rule: "explicit-namespace",
    names: "scratch",
    apply: (platform) =>
      platform.add({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "scratch" },
        data: { key: "value" },
      }),
  },
  {
    what: "an object in a namespace that nobody makes",
    rule: "explicit-namespace",
    names: "ConfigMap dta/scratch",
    apply: (platform) =>
      platform.add({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "scratch", namespace: "dta" },
        data: { key: "value" },
      }),
  },
  {
    what: "no Job that generates Secrets",
    rule: "secrets-closed",
    names: "nobody makes argocd-redis, grafana, jupyterhub,",
    apply: (platform) => platform.remove("Job", "platform-system", "create-secrets"),
  },
  {
    what: "a Job that may not write where its Secrets are read",
    rule: "secrets-closed",
    names: "makes Secret mlflow/postgresql-mlflow, but no role allows it to get, create, patch it",
    apply: (platform) => platform.remove("RoleBinding", "mlflow", "create-secrets"),
  },
  {
    what: "a Job with the ledger of yesterday",
    rule: "secrets-closed",
    names: "The Job does not make Secret redis,",
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "platform-system", "create-secrets");
      const { redis: _, ...others } = JSON.parse(data["ledger.json"]);
      data["ledger.json"] = JSON.stringify(others);
    },
  },
  {
    what: "a Secret that nobody generates",
    rule: "secrets-closed",
    names: "Deployment data/redis",
    apply: (platform) =>
      platform.plan((plan) => {
        delete plan.secrets.ledger.redis;
      }),
  },
  {
    what: "a key that its Secret does not have",
    rule: "secrets-closed",
    names: "CronJob data/postgresql-backup",
    apply: (platform) => {
      const { env } = platform.container("CronJob", "data", "postgresql-backup");
      env.find((variable: { name: string }) => variable.name === "PGPASSWORD").valueFrom.secretKeyRef.key =
        "pasword";
    },
  },
  {
    what: "a Secret that is generated for nobody",
    rule: "secrets-closed",
    names: "forgotten",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.secrets.ledger.forgotten = {
          enabled: true,
          component: "redis",
          namespaces: ["data"],
          keys: { token: { type: "random", length: 32, value: "" } },
        };
      }),
  },
  {
    what: "a class that no claim gets by default",
    rule: "storage-classes-match-plan",
    names: "StorageClass longhorn",
    apply: (platform) => {
      const { annotations } = platform.object("StorageClass", undefined, "longhorn").metadata;
      annotations["storageclass.kubernetes.io/is-default-class"] = "false";
    },
  },
  {
    what: "a second default beside Longhorn's",
    rule: "storage-classes-match-plan",
    names: "StorageClass scratch",
    apply: (platform) =>
      platform.add({
        ...structuredClone(platform.object("StorageClass", undefined, "longhorn")),
        metadata: {
          name: "scratch",
          annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
        },
      }),
  },
  {
    what: "a class that takes the data of a deleted claim along",
    rule: "storage-classes-match-plan",
    names: "StorageClass longhorn · reclaimPolicy",
    apply: (platform) => {
      platform.object("StorageClass", undefined, "longhorn").reclaimPolicy = "Delete";
    },
  },
  {
    what: "three replicas on one node",
    rule: "storage-classes-match-plan",
    names: "StorageClass longhorn · parameters.numberOfReplicas",
    apply: (platform) => {
      platform.object("StorageClass", undefined, "longhorn").parameters.numberOfReplicas = "3";
    },
  },
  {
    what: "K3s' own class left on beside Longhorn's",
    rule: "storage-classes-match-plan",
    names: "global.storage.classes.local-path.enabled",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.storage.classes["local-path"].enabled = true;
      }),
  },
  {
    what: "a class that binds otherwise than the order was proven with",
    rule: "storage-classes-match-plan",
    names: "volumeBindingMode",
    apply: (platform) => {
      platform.object("StorageClass", undefined, "longhorn").volumeBindingMode = "WaitForFirstConsumer";
    },
  },
  {
    what: "storage that is switched off under its claims",
    rule: "storage-classes-match-plan",
    names: "its provider longhorn is disabled",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.components.longhorn.enabled = false;
      }),
  },
  {
    what: "one letter too many beside pods that nobody renders",
    rule: "selectors-match",
    names: "Service jupyter/jupyterhub-hub · spec.selector",
    apply: (platform) => {
      platform.object("Service", "jupyter", "jupyterhub-hub").spec.selector["app.kubernetes.io/name"] =
        "jupyterhubb";
    },
  },
  {
    what: "a configuration that is looked for elsewhere, and names the folder it is in",
    rule: "embedded-config-valid",
    names: "StatefulSet monitoring/prometheus",
    apply: (platform) => {
      const prometheus = platform.container("StatefulSet", "monitoring", "prometheus");
      prometheus.args = prometheus.args.map((arg: string) => arg.replace("/etc/prometheus/", "/etc/prom/"));
    },
  },
  {
    what: "a key twice in a configuration",
    rule: "embedded-config-valid",
    names: 'ConfigMap data/registry · data["config.yml"]',
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "data", "registry");
      data["config.yml"] += "version: 0.1\n";
    },
  },
  {
    what: "a configuration that is no YAML",
    rule: "embedded-config-valid",
    names: 'ConfigMap traefik/traefik · data["dynamic.yaml"] · dynamic.yaml, line',
    apply: (platform) => {
      platform.object("ConfigMap", "traefik", "traefik").data["dynamic.yaml"] += "\ttls: {}\n";
    },
  },
  {
    what: "a policy with a comma too many",
    rule: "embedded-config-valid",
    names: 'ConfigMap data/minio-provision · data["mlflow.policy.json"]',
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "data", "minio-provision");
      data["mlflow.policy.json"] = data["mlflow.policy.json"].replace(/\}\s*$/, ",}");
    },
  },
  {
    what: "a notebook cut off",
    rule: "embedded-config-valid",
    names: 'ConfigMap jupyter/jupyterhub-starter · data["start.ipynb"]',
    apply: (platform) => {
      const { data } = platform.object("ConfigMap", "jupyter", "jupyterhub-starter");
      data["start.ipynb"] = data["start.ipynb"].slice(0, -10);
    },
  },
  {
    what: "a budget that lets no pod go",
    rule: "selectors-match",
    names: "PodDisruptionBudget data/postgresql",
    apply: (platform) => {
      const { spec } = platform.object("StatefulSet", "data", "postgresql");
      platform.add({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "postgresql", namespace: "data" },
        spec: { minAvailable: 1, selector: spec.selector },
      });
    },
  },
];
