import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";
import { type PriorityClasses, priorityClasses } from "./priority-classes.ts";

const codes = {
  "class-missing": "The plan has a class and none is rendered.",
  "class-differs": "A class is not what the plan says.",
  "class-not-planned": "A class stands beside those of the plan, with a rank that nobody gave it.",
  "class-never-preempts": "Pods of a class wait behind less important ones.",
  "default-missing": "No class is the default, so pods that name none get priority 0, also beside the plan.",
} as const;

type Code = keyof typeof codes;

/** The rendered classes are the plan's. */
export const priorityClassesMatchPlan = defineRule({
  id: "priority-classes-match-plan",
  group: "priority",
  severity: "error",
  needs: "plan",
  title: "Every PriorityClass has the rank that the plan gives it, and one is the default",
  explanation: {
    protects:
      "The order in which layers give way: everything else is proven with the plan's values, the cluster knows only the rendered ones.",
    incident:
      "Somebody raises one class in its template for a test. From then on the dashboards preempt the databases, and every figure of the plan still looks right.",
    fix: "Render the classes from global.priorityClasses, all with preemptionPolicy PreemptLowerPriority (the default), the lowest as globalDefault. The value of a class cannot be changed in the cluster: it is deleted and made again.",
    source: "k8s.io/kubernetes v1.36.3 plugin/pkg/admission/priority/admission.go",
  },
  codes,
  *check({ index, plan }) {
    const classes = priorityClasses(index);
    const rendered = new Set(classes.manifests.map(({ name }) => name));
    for (const [name, { value }] of Object.entries(plan.priorityClasses)) {
      if (rendered.has(name)) continue;
      yield {
        code: "class-missing",
        object: { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", name },
        path: `global.priorityClasses.${name}`,
        message: `priority class ${name} (${value}) is not rendered, so pods that name it are refused`,
        fix: "render it, or remove it from the plan",
      };
    }
    for (const manifest of classes.manifests) yield* compare(manifest, classes, plan);
    if (classes.defaults.length > 0) return;
    const planned = Object.entries(plan.priorityClasses).find(([, { globalDefault }]) => globalDefault)?.[0];
    const manifest = classes.manifests.find(({ name }) => name === planned);
    yield {
      code: "default-missing",
      manifest,
      object:
        manifest === undefined
          ? { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", name: planned ?? "" }
          : undefined,
      path: manifest === undefined ? "global.priorityClasses" : "globalDefault",
      message: "no priority class is the global default: pods that name none get priority 0",
      fix: `set globalDefault to true for ${planned ?? "the lowest class"}`,
    };
  },
});

function* compare(
  manifest: PriorityClasses["manifests"][number],
  { defaults }: PriorityClasses,
  plan: Plan,
): Generator<Problem<Code>> {
  const { name, object } = manifest;
  const planned = Object.hasOwn(plan.priorityClasses, name) ? plan.priorityClasses[name] : undefined;
  if (planned === undefined) {
    yield {
      code: "class-not-planned",
      manifest,
      path: "metadata.name",
      message: `the plan has no priority class ${name}`,
      fix: `remove it, or add it to global.priorityClasses`,
    };
    return;
  }
  if (object.value !== planned.value) {
    yield {
      code: "class-differs",
      manifest,
      path: "value",
      message: `${name} has the value ${object.value}, the plan says ${planned.value}`,
      actual: String(object.value),
      limit: String(planned.value),
      fix: `set value: ${planned.value}`,
    };
  }
  const isDefault = object.globalDefault === true;
  // Without any default the finding is default-missing.
  if (isDefault !== planned.globalDefault && (isDefault || defaults.length > 0)) {
    yield {
      code: "class-differs",
      manifest,
      path: "globalDefault",
      message: `${name} is ${isDefault ? "" : "not "}the global default, the plan says otherwise`,
      actual: String(isDefault),
      limit: String(planned.globalDefault),
      fix: `set globalDefault: ${planned.globalDefault}`,
    };
  }
  if (object.preemptionPolicy === "Never") {
    yield {
      code: "class-never-preempts",
      manifest,
      path: "preemptionPolicy",
      message: `pods of class ${name} (${planned.value}) take no place from less important ones: on a full node they wait`,
      actual: "Never",
      limit: "PreemptLowerPriority",
      fix: "remove preemptionPolicy",
    };
  }
}
