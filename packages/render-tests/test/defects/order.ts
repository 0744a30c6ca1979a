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
      const claim = structuredClone(platform.object("PersistentVolumeClaim", "data", "registry"));
      claim.metadata.name = "spare";
      platform.add(claim);
    },
  },
];
