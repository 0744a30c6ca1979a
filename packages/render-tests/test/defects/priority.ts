import type { Defect } from "./platform-edit.ts";

export const priorityDefects: readonly Defect[] = [
  {
    what: "a pod without a priority class",
    rule: "require-priority-class",
    names: "Deployment data/registry",
    apply: (platform) => {
      delete platform.podSpec("Deployment", "data", "registry").priorityClassName;
    },
  },
  {
    what: "a priority class that does not exist",
    rule: "require-priority-class",
    names: "CronJob data/postgresql-backup",
    apply: (platform) => {
      platform.podSpec("CronJob", "data", "postgresql-backup").priorityClassName = "data-service";
    },
  },
  {
    what: "a database in the last class to be spared",
    rule: "priority-matches-layer",
    names: "StatefulSet data/postgresql",
    apply: (platform) => {
      platform.podSpec("StatefulSet", "data", "postgresql").priorityClassName = "low-priority";
    },
  },
  {
    what: "a cache that outranks the databases",
    rule: "priority-matches-layer",
    names: "Deployment data/redis",
    apply: (platform) => {
      platform.podSpec("Deployment", "data", "redis").priorityClassName = "infrastructure-critical";
    },
  },
  {
    what: "pods without a class that outlive monitoring",
    rule: "eviction-order",
    names: "monitoring",
    apply: (platform) => {
      platform.object("PriorityClass", undefined, "monitoring").value = 50;
    },
  },
];
