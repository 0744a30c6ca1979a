import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, textOf } from "../../manifest/values.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";

/** A claim without a class gets the newest class that bears one of them (k8s.io/component-helpers v0.36.3). */
const DEFAULT_MARKS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];
/** Provides a class without being a component; K3s marks its class as default whenever it starts. */
const K3S = "k3s";
/** Who makes K3s' volumes, as an owner of dynamic pods. */
const K3S_PROVISIONER = "Deployment kube-system/local-path-provisioner";

const LONGHORN = "driver.longhorn.io";
/** Longhorn keeps the replicas of a volume on different nodes (`replica-soft-anti-affinity`, off by default). */
const NODES = 1;

const codes = {
  "class-not-provided": "Nobody makes the class that every claim names.",
  "class-not-rendered": "A component is to provide a class and renders none of that name.",
  "class-differs": "A class is not what the plan says.",
  "data-deleted-with-claim": "The plan's class removes the data of a claim that is deleted.",
  "more-replicas-than-nodes": "A class asks for more copies of a volume than there are nodes to hold them.",
  "class-not-planned": "A class stands beside those of the plan.",
  "default-differs": "Claims that name no class get another one than the plan's, or none.",
  "provisioner-not-counted": "K3s' provisioner runs and is not counted, or is counted and does not run.",
} as const;

type Code = keyof typeof codes;
type PlannedClass = Plan["storage"]["classes"][string];

/** One class is the default, and it is the one that the profile has. */
export const storageClassesMatchPlan = defineRule({
  id: "storage-classes-match-plan",
  group: "integrity",
  severity: "error",
  needs: "plan",
  title: "The profile's storage class is there, is what the plan says, and is the only default",
  explanation: {
    protects:
      "Where data lands: with two defaults the newer class wins, with none a claim waits for ever, and what is said of a class (when it binds, whether it grows) decides the order of a rollout. And what is there stays: a deleted claim of the plan's class keeps its data.",
    incident:
      "Longhorn was made the default and K3s' own class stayed one, for K3s marks it again at each start. The next database lay in a folder of the system disk, without snapshots or backups.",
    fix: "Let global.storage.class name an enabled class of an enabled provider, mark that class alone as default, and disable K3s' local-storage (global.storage.classes.local-path.enabled: false) beside any other.",
    source:
      "https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass; k3s manifests/local-storage.yaml; https://longhorn.io/docs/1.12.1/references/storage-class-parameters/",
  },
  codes,
  *check({ index, plan }) {
    const { storage } = plan;
    const chosen = own(storage.classes, storage.class);
    if (chosen === undefined || !isProvided(chosen, plan)) {
      yield {
        code: "class-not-provided",
        path: "global.storage.class",
        message: `every claim names ${storage.class}, ${absence(chosen)}`,
        actual: storage.class,
        fix: "name a class that this profile has, or enable what provides it",
      };
    }
    for (const [name, planned] of Object.entries(storage.classes))
      yield* checkPlanned(name, planned, index, plan);
    for (const manifest of classesIn(index)) yield* checkRendered(manifest, plan);
    yield* checkProvisioner(plan);
  },
});

function absence(chosen: PlannedClass | undefined): string {
  if (chosen === undefined) return "which the plan does not have";
  return chosen.enabled ? `and its provider ${chosen.provider} is disabled` : "which is disabled";
}

function* checkPlanned(
  name: string,
  planned: PlannedClass,
  index: ManifestIndex,
  plan: Plan,
): Generator<Problem<Code>> {
  if (!isProvided(planned, plan)) return;
  const path = `global.storage.classes.${name}`;
  if (planned.provider === K3S) {
    if (name === plan.storage.class) return;
    yield {
      code: "default-differs",
      path: `${path}.enabled`,
      message: `K3s marks ${name} as default at each start, beside ${plan.storage.class}`,
      actual: name,
      limit: plan.storage.class,
      fix: `disable it: the node's configuration then disables local-storage`,
    };
    return;
  }
  if (index.find("storage.k8s.io", "StorageClass", undefined, name) !== undefined) return;
  yield {
    code: "class-not-rendered",
    object: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", name },
    path,
    message: `${planned.provider} provides ${name} by the plan, but no such class is rendered: nobody knows whether it is there before its claims`,
    fix: `render it with ${planned.provider}, or disable it in the plan`,
  };
}

function* checkRendered(manifest: Manifest, plan: Plan): Generator<Problem<Code>> {
  const { name, object } = manifest;
  const planned = own(plan.storage.classes, name);
  if (planned === undefined || !isProvided(planned, plan)) {
    yield {
      code: "class-not-planned",
      manifest,
      path: "metadata.name",
      message: `the plan has no storage class ${name}, or has it disabled`,
      fix: "remove it, or add it to global.storage.classes",
    };
  } else {
    const facts = [
      ["provisioner", object.provisioner, planned.provisioner],
      ["volumeBindingMode", object.volumeBindingMode ?? "Immediate", planned.bindingMode],
      ["allowVolumeExpansion", object.allowVolumeExpansion ?? false, planned.expansion],
    ] as const;
    for (const [path, actual, limit] of facts) {
      if (actual === limit) continue;
      yield {
        code: "class-differs",
        manifest,
        path,
        message: `${name} has ${path} ${textOf(actual)}, the plan says ${limit}`,
        actual: textOf(actual),
        limit: textOf(limit),
        fix: `set ${path}: ${limit}`,
      };
    }
  }
  if (name === plan.storage.class) yield* checkSafety(manifest);
  const mark = DEFAULT_MARKS.find((key) => at(object.metadata, "annotations", key) === "true");
  const isChosen = name === plan.storage.class;
  if ((mark !== undefined) === isChosen) return;
  yield {
    code: "default-differs",
    manifest,
    path: `metadata.annotations["${mark ?? DEFAULT_MARKS[0]}"]`,
    message: isChosen
      ? `${name} is the plan's class and not marked as default: a claim that names none waits for ever`
      : `${name} is marked as default, the plan's class is ${plan.storage.class}`,
    actual: String(mark !== undefined),
    limit: String(isChosen),
    fix: isChosen ? `set it to "true"` : "remove the annotation",
  };
}

/** What a claim of the platform may lose, or never gets, on one node. */
function* checkSafety(manifest: Manifest): Generator<Problem<Code>> {
  const { name, object } = manifest;
  const reclaims = object.reclaimPolicy ?? "Delete";
  if (reclaims !== "Retain") {
    yield {
      code: "data-deleted-with-claim",
      manifest,
      path: "reclaimPolicy",
      message: `${name} has reclaimPolicy ${textOf(reclaims)}: whoever deletes a claim deletes its data`,
      actual: textOf(reclaims),
      limit: "Retain",
      fix: "set reclaimPolicy: Retain",
    };
  }
  const replicas = at(object, "parameters", "numberOfReplicas");
  if (object.provisioner !== LONGHORN || !(Number(replicas) > NODES)) return;
  yield {
    code: "more-replicas-than-nodes",
    manifest,
    path: "parameters.numberOfReplicas",
    message: `${name} asks for ${textOf(replicas)} replicas of each volume, and there is ${NODES} node: every volume stays degraded`,
    actual: textOf(replicas),
    limit: NODES,
    fix: `set numberOfReplicas: "${NODES}"`,
  };
}

function* checkProvisioner({ storage, dynamicPods }: Plan): Generator<Problem<Code>> {
  const runs = Object.values(storage.classes).some(({ provider, enabled }) => provider === K3S && enabled);
  const declared = Object.entries(dynamicPods).filter(([, { owner }]) => owner.startsWith(K3S_PROVISIONER));
  const counted = declared.some(([, { enabled }]) => enabled);
  if (runs === counted) return;
  const name = declared[0]?.[0] ?? "local-path-provisioner";
  yield {
    code: "provisioner-not-counted",
    path: `global.dynamicPods.${name}.enabled`,
    message: runs
      ? `K3s' class is enabled, so ${K3S_PROVISIONER} runs; no enabled entry of global.dynamicPods counts it`
      : `K3s' class is disabled, so ${K3S_PROVISIONER} does not run; it is counted`,
    actual: String(counted),
    limit: String(runs),
    fix: runs ? "enable or add the entry" : "disable the entry",
  };
}

function classesIn(index: ManifestIndex): readonly Manifest[] {
  return index.filter({ group: "storage.k8s.io", kind: "StorageClass" });
}

function isProvided({ enabled, provider }: PlannedClass, { components }: Plan): boolean {
  return enabled && (provider === K3S || own(components, provider)?.enabled === true);
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
