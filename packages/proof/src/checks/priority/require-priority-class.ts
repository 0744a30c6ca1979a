import { namespaceOf } from "../../manifest/kubernetes-object.ts";
import { textOf } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import { defineRule, type Problem } from "../rule.ts";
import { classNameOf, isSystemClass, type PriorityClasses, priorityClasses } from "./priority-classes.ts";

const codes = {
  "priority-class-missing": "The pod template names no class.",
  "priority-class-unknown": "The class is not rendered: the API server refuses the pod.",
  "system-class": "Classes of Kubernetes itself are for its own pods in kube-system.",
  "several-defaults": "Only one class may be the global default.",
  "contradicts-class": "The pod template sets what its class decides: the API server refuses the pod.",
} as const;

type Code = keyof typeof codes;

/** Every pod says how important it is. */
export const requirePriorityClass = defineRule({
  id: "require-priority-class",
  group: "priority",
  severity: "error",
  title: "Every pod template names a PriorityClass that exists",
  explanation: {
    protects: "The order in which pods give way: preemption and node-pressure eviction go by the class.",
    incident:
      "A database without a class gets the default of 100; when the node is full, a trial run with class 800 takes its place.",
    fix: "Set priorityClassName in the pod template to a class of the rendering; system-* belongs to kube-system.",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
  },
  codes,
  *check({ index, workloads, plan }) {
    const classes = priorityClasses(index);
    const { values, defaults, manifests } = classes;
    for (const manifest of defaults.slice(1)) {
      yield {
        code: "several-defaults",
        manifest,
        path: "globalDefault",
        message: `${defaults[0]?.name} is the global default too; the API server admits one`,
        fix: "set globalDefault to false for one of them",
      };
    }
    for (const workload of workloads) {
      const { manifest, podSpecPath } = workload;
      const path = `${podSpecPath}.priorityClassName`;
      const name = classNameOf(workload);
      yield* contradictions(workload, classes);
      if (name === undefined) {
        const fallback = defaults[0];
        yield {
          code: "priority-class-missing",
          manifest,
          path,
          message:
            fallback === undefined
              ? "the pods have no priority class and get priority 0"
              : `the pods have no priority class and get the default ${fallback.name} (${values.get(fallback.name) ?? 0})`,
          fix: "set priorityClassName",
        };
      } else if (isSystemClass(name)) {
        if (namespaceOf(manifest) === "kube-system") continue;
        yield {
          code: "system-class",
          manifest,
          path,
          message: `${name} outranks everything of the platform, but the pods run in ${namespaceOf(manifest)}`,
          actual: name,
          fix: "name a class of the platform",
        };
      } else if (!values.has(name)) {
        if (plan === undefined && manifests.length === 0) {
          yield {
            unchecked: `whether priority class ${name} exists: the stream has no PriorityClass`,
            manifest,
          };
          continue;
        }
        yield {
          code: "priority-class-unknown",
          manifest,
          path,
          message: `priority class ${name} is not rendered, so the pods are refused`,
          actual: name,
          fix: `name one of ${[...values.keys()].filter((known) => !isSystemClass(known)).join(", ") || "the rendering's classes; it has none"}`,
        };
      }
    }
  },
});

/**
 * `priority` and `preemptionPolicy` are filled in from the class; other values are forbidden.
 * @see k8s.io/kubernetes v1.36.3 plugin/pkg/admission/priority/admission.go `admitPod`
 */
function* contradictions(
  workload: Workload,
  { values, defaults, manifests }: PriorityClasses,
): Generator<Problem<Code>> {
  const { manifest, podSpec, podSpecPath } = workload;
  // Without any class in the stream nobody knows the default.
  const name = classNameOf(workload) ?? defaults[0]?.name ?? (manifests.length > 0 ? "" : undefined);
  const value = name === "" ? 0 : values.get(name ?? "");
  if (value === undefined) return;
  const policy = manifests.find((candidate) => candidate.name === name)?.object.preemptionPolicy;
  const decided = { priority: value, preemptionPolicy: policy ?? "PreemptLowerPriority" };
  for (const [field, expected] of Object.entries(decided)) {
    const written = podSpec[field];
    if (written === undefined || written === null || written === expected) continue;
    yield {
      code: "contradicts-class",
      manifest,
      path: `${podSpecPath}.${field}`,
      message: `${field} is ${written}, but ${name === "" ? "without a class it is" : `class ${name} gives`} ${expected}, so the pods are refused`,
      actual: textOf(written),
      limit: String(expected),
      fix: `remove ${field}: the class decides it`,
    };
  }
}
