import type { Defect, PlatformEdit } from "./platform-edit.ts";

const WAVE = "argocd.argoproj.io/sync-wave";

function moveTo(
  platform: PlatformEdit,
  wave: string,
  kind: string,
  namespace: string | undefined,
  name: string,
): void {
  platform.object(kind, namespace, name).metadata.annotations[WAVE] = wave;
}

export const orderDefects: readonly Defect[] = [
  {
    what: "a wave that is no number",
    rule: "valid-wave",
    names: "Deployment data/redis",
    apply: (platform) => moveTo(platform, "ten", "Deployment", "data", "redis"),
  },
  {
    what: "a fraction of a wave",
    rule: "valid-wave",
    names: "ConfigMap data/redis",
    apply: (platform) => moveTo(platform, "12.5", "ConfigMap", "data", "redis"),
  },
  {
    what: "a component in another layer's band",
    rule: "wave-in-band",
    names: "Service data/redis",
    apply: (platform) => moveTo(platform, "35", "Service", "data", "redis"),
  },
  {
    what: "foundation after the layers",
    rule: "wave-in-band",
    names: "LimitRange data/containers",
    apply: (platform) => moveTo(platform, "5", "LimitRange", "data", "containers"),
  },
  {
    what: "a ConfigMap after the pods that mount it",
    rule: "order-before-use",
    names: "Deployment data/redis",
    apply: (platform) => moveTo(platform, "19", "ConfigMap", "data", "redis"),
  },
  {
    what: "a priority class after its first pod",
    rule: "wave-in-band",
    names: "PriorityClass data-services",
    apply: (platform) => moveTo(platform, "15", "PriorityClass", undefined, "data-services"),
  },
  {
    what: "a namespace after what is in it",
    rule: "valid-wave",
    names: "Namespace data",
    apply: (platform) => moveTo(platform, "16", "Namespace", undefined, "data"),
  },
  {
    what: "a quota after the pods that it must count",
    rule: "wave-in-band",
    names: "ResourceQuota data/budget",
    apply: (platform) => moveTo(platform, "18", "ResourceQuota", "data", "budget"),
  },
  {
    what: "a script after the Job that runs it",
    rule: "order-before-use",
    names: "ConfigMap data/postgresql-provision",
    apply: (platform) => moveTo(platform, "18", "ConfigMap", "data", "postgresql-provision"),
  },
  {
    what: "a service account after its pod",
    rule: "order-before-use",
    names: "ServiceAccount data/registry",
    apply: (platform) => moveTo(platform, "18", "ServiceAccount", "data", "registry"),
  },
  {
    what: "a claim a wave before its first consumer",
    rule: "storage-with-consumer",
    names: "PersistentVolumeClaim data/registry",
    apply: (platform) => moveTo(platform, "12", "PersistentVolumeClaim", "data", "registry"),
  },
  {
    what: "a claim that nobody mounts",
    rule: "storage-with-consumer",
    names: "PersistentVolumeClaim data/spare",
    apply: (platform) => {
      const claim = structuredClone(platform.claimOfFolders("data", "registry"));
      claim.metadata.name = "spare";
      platform.add(claim);
    },
  },
  {
    what: "monitoring in the wave of the databases",
    rule: "wave-in-band",
    names: "Layers monitoring and data-services both start in wave 10",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.layers.monitoring.wave = 10;
      }),
  },
  {
    what: "a reserved layer in the middle of another's band",
    rule: "wave-in-band",
    names: "global.layers.kubeflow.wave",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.layers.kubeflow.wave = 15;
      }),
  },
  {
    what: "a disabled component of a layer before what it calls",
    rule: "order-before-use",
    names: "global.components.mlflow.dependsOn[0]",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.components.mlflow.layer = "infrastructure";
      }),
  },
  {
    what: "a Service after the Job that calls it",
    rule: "hook-deadlock",
    names: "Job data/minio-provision",
    apply: (platform) => moveTo(platform, "19", "Service", "data", "minio"),
  },
  {
    what: "a network policy after the Job that it lets out",
    rule: "hook-deadlock",
    names: "NetworkPolicy data/minio-provision",
    apply: (platform) => moveTo(platform, "19", "NetworkPolicy", "data", "minio-provision"),
  },
  {
    what: "a network policy after the Job that it lets in",
    rule: "hook-deadlock",
    names: "NetworkPolicy data/postgresql-server",
    apply: (platform) => moveTo(platform, "19", "NetworkPolicy", "data", "postgresql-server"),
  },
  {
    what: "an init container that waits for its own server",
    rule: "hook-deadlock",
    names: "Deployment data/redis",
    apply: (platform) => {
      const pod = platform.podSpec("Deployment", "data", "redis");
      const wait = structuredClone(pod.containers[0]);
      wait.name = "wait";
      wait.command = ["sh", "-c", "until redis-cli -h redis.data.svc ping; do sleep 1; done"];
      pod.initContainers = [wait];
    },
  },
  {
    what: "a suspended Job that a layer waits for",
    rule: "hook-deadlock",
    names: "Job data/minio-provision",
    apply: (platform) => {
      platform.object("Job", "data", "minio-provision").spec.suspend = true;
    },
  },
  {
    what: "a paused Deployment",
    rule: "hook-deadlock",
    names: "Deployment data/redis",
    apply: (platform) => {
      platform.object("Deployment", "data", "redis").spec.paused = true;
    },
  },
  {
    what: "a Job that deletes itself and is created again for ever",
    rule: "hook-deadlock",
    names: "spec.ttlSecondsAfterFinished",
    apply: (platform) => {
      platform.object("Job", "data", "minio-provision").spec.ttlSecondsAfterFinished = 60;
    },
  },
  {
    what: "a pool before the pod whose webhook has to accept it",
    rule: "order-before-use",
    names: "IPAddressPool metallb-system/home-lan",
    apply: (platform) => {
      const { metadata } = platform.object("IPAddressPool", "metallb-system", "home-lan");
      metadata.annotations["argocd.argoproj.io/sync-wave"] = "4";
      const webhook = platform.object(
        "ValidatingWebhookConfiguration",
        undefined,
        "metallb-webhook-configuration",
      );
      webhook.metadata.annotations["argocd.argoproj.io/sync-wave"] = "2";
    },
  },
  {
    what: "storage in a later layer than its claims",
    rule: "order-before-use",
    names: "StatefulSet data/postgresql",
    apply: (platform) =>
      platform.plan((plan) => {
        plan.components.longhorn.layer = "ml-platform";
      }),
  },
];
