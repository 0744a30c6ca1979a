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
  {
    what: "databases below those that stand on them",
    rule: "eviction-order",
    names: "mlflow",
    apply: (platform) => {
      platform.object("PriorityClass", undefined, "data-services").value = 750;
    },
  },
  {
    what: "a database that requests nearly nothing of its limit",
    rule: "eviction-order",
    names: "StatefulSet data/postgresql",
    apply: (platform) => {
      platform.container("StatefulSet", "data", "postgresql").resources.requests.memory = "1Mi";
    },
  },
  {
    what: "a class that was raised by hand",
    rule: "priority-classes-match-plan",
    names: "PriorityClass kubeflow-critical",
    apply: (platform) => {
      platform.object("PriorityClass", undefined, "kubeflow-critical").value = 950;
    },
  },
  {
    what: "a class that nobody needs yet, gone",
    rule: "priority-classes-match-plan",
    names: "PriorityClass monitoring",
    apply: (platform) => platform.remove("PriorityClass", undefined, "monitoring"),
  },
  {
    what: "foundations that never preempt",
    rule: "priority-classes-match-plan",
    names: "PriorityClass infrastructure-critical",
    apply: (platform) => {
      platform.object("PriorityClass", undefined, "infrastructure-critical").preemptionPolicy = "Never";
    },
  },
  {
    what: "no default class",
    rule: "priority-classes-match-plan",
    names: "PriorityClass low-priority",
    apply: (platform) => {
      delete platform.object("PriorityClass", undefined, "low-priority").globalDefault;
    },
  },
  {
    what: "a number beside the class that contradicts it",
    rule: "require-priority-class",
    names: "Deployment data/redis",
    apply: (platform) => {
      platform.podSpec("Deployment", "data", "redis").priority = 5;
    },
  },
];
