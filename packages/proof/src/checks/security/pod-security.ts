import { objectAt, stringAt } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import type { Plan } from "../../plan/plan.ts";
import { SYSTEM_NAMESPACE } from "../../plan/system-namespace.ts";
import { type CheckContext, defineRule, type Problem } from "../rule.ts";
import { type OwnBarCode, ownBar } from "./pod-security-standards/own-bar.ts";
import { type SecurityPod, toSecurityPod } from "./pod-security-standards/pod.ts";
import {
  isPodSecurityLevel,
  type PodSecurityLevel,
  type StandardViolation,
  violationsOf,
} from "./pod-security-standards/standards.ts";

/** Standards that a code of our own bar reports. */
const OWN_STANDARDS = new Set(ownBar.flatMap(({ sameAs }) => sameAs));

const ENFORCE = "pod-security.kubernetes.io/enforce";
/** Where neither label nor plan says anything, the API server admits every pod; this is what pods should bear. */
const RECOMMENDED = "restricted";

type Code =
  | "violates-baseline"
  | "violates-restricted"
  | "below-recommended-level"
  | "level-not-enforced"
  | "level-below-restricted"
  | "beyond-restricted"
  | OwnBarCode;

export const podSecurity = defineRule<Code>({
  id: "pod-security",
  group: "security",
  severity: "error",
  title: "Pods have no more rights than they need",
  explanation: {
    protects:
      "That the API server admits every pod under the Pod Security level of its namespace, and that each pod, " +
      "whatever its namespace would admit, runs without root, with read-only image files, no capabilities and the " +
      "runtime's seccomp profile.",
    incident:
      "A Deployment is applied and green, but its pods never appear: only the ReplicaSet's events say that the " +
      "namespace refuses them. Or a container that runs as root leaves through a hole in the kernel.",
    fix: "Set the field that the finding names, or list an exception with the reason beside the component's values.",
    source: "k8s.io/pod-security-admission v0.36 policy/; kubernetes.io, Pod Security Standards",
  },
  codes: {
    "violates-baseline": "The namespace enforces baseline, and would refuse the pod.",
    "violates-restricted": "The namespace enforces restricted, and would refuse the pod.",
    "below-recommended-level":
      "Nothing says which level the namespace enforces; restricted, the recommended one, would refuse the pod.",
    "level-not-enforced": "A namespace does not carry the level that the plan names.",
    "level-below-restricted":
      "The plan asks for less than restricted: an exception has to say why the namespace needs it.",
    "beyond-restricted": "The namespace admits the pod, but restricted would not: the plan has to say why.",
    "runs-as-root": "A container may run as root.",
    "writable-root-filesystem": "A container can change the files of its image.",
    "privilege-escalation": "A container may gain privileges by set-user-ID programs.",
    "capabilities-kept": "A container keeps the runtime's default capabilities.",
    "seccomp-not-runtime-default": "A container runs without the runtime's seccomp profile.",
  },
  *check(context) {
    const labels = enforcedLevels(context);
    yield* missingLabels(context, labels);
    yield* levelsBelowRestricted(context.plan);
    const namespaces = new Map(Object.entries(context.plan?.namespaces ?? {}));
    for (const workload of context.workloads) {
      const namespace = workload.manifest.namespace ?? "default";
      const planned = namespaces.get(namespace);
      const enforced = labels.get(namespace) ?? planned?.podSecurity;
      const level = enforced ?? RECOMMENDED;
      const pod = toSecurityPod(workload);
      const violations = violationsOf(pod, level);
      yield* violations.map((violation) =>
        enforced === undefined
          ? belowRecommended(workload, namespace, violation)
          : refused(workload, namespace, enforced, violation),
      );
      // Other people's manifests are held against the standards only.
      if (context.plan === undefined) continue;
      const reported = new Set(violations.map(({ standard }) => standard));
      if (level !== "restricted") yield* beyondRestricted(workload, pod, reported);
      yield* belowOwnBar(workload, pod, reported);
    }
  },
});

/** By the label of rendered Namespaces. */
function enforcedLevels({ index }: CheckContext): Map<string, PodSecurityLevel> {
  const levels = new Map<string, PodSecurityLevel>();
  for (const { name, object } of index.filter({ group: "", kind: "Namespace" })) {
    const level = stringAt(objectAt(object.metadata, "labels"), ENFORCE);
    if (isPodSecurityLevel(level)) levels.set(name, level);
  }
  return levels;
}

function* missingLabels(
  { index, plan }: CheckContext,
  levels: ReadonlyMap<string, PodSecurityLevel>,
): Generator<Problem<Code>> {
  for (const [name, { podSecurity: level }] of Object.entries(plan?.namespaces ?? {})) {
    const manifest = index.find("", "Namespace", undefined, name);
    if (manifest === undefined || levels.get(name) === level) continue;
    yield {
      code: "level-not-enforced",
      manifest,
      path: `metadata.labels["${ENFORCE}"]`,
      message: `namespace ${name} enforces ${levels.get(name) ?? "no level"}, the plan says ${level}`,
      actual: levels.get(name) ?? "no level",
      limit: level,
      fix: `Label the namespace ${ENFORCE}: ${level}.`,
    };
  }
}

/** Rendering and rule read the level from the same line of the plan, so the line itself needs a reason. */
function* levelsBelowRestricted(plan: Plan | undefined): Generator<Problem<Code>> {
  for (const [name, { podSecurity: level }] of Object.entries(plan?.namespaces ?? {})) {
    if (level === "restricted" || name === SYSTEM_NAMESPACE) continue;
    yield {
      code: "level-below-restricted",
      object: { apiVersion: "v1", kind: "Namespace", name },
      path: `global.namespaces.${name}.podSecurity`,
      message: `the plan lets namespace ${name} admit pods of level ${level}`,
      actual: level,
      limit: "restricted",
      fix: "Write restricted, or list an exception under global.exceptions that says which pods need more.",
    };
  }
}

function refused(
  { manifest }: Workload,
  namespace: string,
  level: PodSecurityLevel,
  { path, detail, standard }: StandardViolation,
): Problem<Code> {
  return {
    code: level === "baseline" ? "violates-baseline" : "violates-restricted",
    manifest,
    path,
    message: `${detail}: namespace ${namespace} enforces ${level} and would refuse the pod`,
    actual: standard,
    limit: level,
    fix: "Set what the standard asks for, or give the namespace another level and say why in the plan.",
  };
}

function belowRecommended(
  { manifest }: Workload,
  namespace: string,
  { path, detail, standard }: StandardViolation,
): Problem<Code> {
  return {
    code: "below-recommended-level",
    manifest,
    path,
    message: `${detail}: nothing here says which level namespace ${namespace} enforces; ${RECOMMENDED}, the recommended one, would refuse the pod`,
    actual: standard,
    limit: RECOMMENDED,
    fix: `Set what the standard asks for, or render the Namespace with its label ${ENFORCE}.`,
  };
}

/** What a namespace of a wider level admits, and our own bar does not name. */
function* beyondRestricted(
  { manifest }: Workload,
  pod: SecurityPod,
  reported: ReadonlySet<string>,
): Generator<Problem<Code>> {
  for (const { path, detail, standard, replaces } of violationsOf(pod, "restricted")) {
    if (
      OWN_STANDARDS.has(standard) ||
      reported.has(standard) ||
      (replaces !== undefined && reported.has(replaces))
    ) {
      continue;
    }
    yield {
      code: "beyond-restricted",
      manifest,
      path,
      message: `${detail}: its namespace admits it, but level restricted would not`,
      actual: standard,
      limit: "restricted",
      fix: "Do without it, or list an exception under global.exceptions that says why the pod needs it.",
    };
  }
}

function* belowOwnBar(
  { manifest }: Workload,
  pod: SecurityPod,
  reported: ReadonlySet<string>,
): Generator<Problem<Code>> {
  if (pod.isWindows) return;
  for (const { code, sameAs, check, fix } of ownBar) {
    if (sameAs.some((standard) => reported.has(standard))) continue;
    for (const { path, detail } of check(pod)) {
      yield { code, manifest, path, message: detail, fix };
    }
  }
}
