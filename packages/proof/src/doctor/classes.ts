import { at, stringAt, textOf } from "../manifest/values.ts";
import type { Plan } from "../plan/plan.ts";
import { itemsOf, nameOf } from "./cluster-facts.ts";
import type { Examination, Symptom } from "./examination.ts";
import { installNode, SYNC_FOUNDATION } from "./remedies.ts";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

export const storageClasses: Examination = {
  id: "storage-classes",
  title: "The plan's storage class is there, and no other is the default",
  needs: ["storageClasses"],
  *examine(plan, { storageClasses: list }) {
    const classes = itemsOf(list);
    const { class: name } = plan.storage;
    const planned = plan.storage.classes[name];
    const found = classes.find((candidate) => nameOf(candidate) === name);
    if (found === undefined) {
      yield {
        severity: "error",
        object: `StorageClass ${name}`,
        message: "every claim names this class, and it is not there: all of them stay pending",
        fix: `look at ${planned?.provider === "k3s" ? "disable in /etc/rancher/k3s/config.yaml" : `the Application ${planned?.provider}`}`,
      };
    } else yield* compareClass(found, planned);
    const others = classes.filter(
      (candidate) =>
        nameOf(candidate) !== name && at(candidate, "metadata", "annotations", DEFAULT_CLASS) === "true",
    );
    for (const other of others) {
      yield {
        severity: "error",
        object: `StorageClass ${nameOf(other)}`,
        message: `it is the default; a claim without a class would not get ${name}`,
        actual: nameOf(other),
        limit: name,
        fix:
          nameOf(other) === "local-path"
            ? `K3s marks it at each start: disable local-storage in /etc/rancher/k3s/config.yaml (${installNode(plan)})`
            : `kubectl annotate storageclass ${nameOf(other)} ${DEFAULT_CLASS}=false --overwrite`,
      };
    }
  },
};

function* compareClass(
  found: unknown,
  planned: Plan["storage"]["classes"][string] | undefined,
): Generator<Symptom> {
  if (planned === undefined) return;
  const facts: readonly (readonly [field: string, actual: unknown, limit: string | boolean])[] = [
    ["provisioner", stringAt(found, "provisioner"), planned.provisioner],
    ["volumeBindingMode", stringAt(found, "volumeBindingMode") ?? "Immediate", planned.bindingMode],
    ["allowVolumeExpansion", at(found, "allowVolumeExpansion") === true, planned.expansion],
  ];
  for (const [field, actual, limit] of facts) {
    if (actual === limit) continue;
    yield {
      severity: "error",
      object: `StorageClass ${nameOf(found)}`,
      message: `${field} is ${actual}; the plan says ${limit}`,
      actual: textOf(actual),
      limit: String(limit),
      fix: "a class cannot be changed: delete it (volumes stay) and let Argo CD or K3s make it again",
    };
  }
}

export const runningPriorityClasses: Examination = {
  id: "priority-classes",
  title: "The plan's priority classes are there with their values",
  needs: ["priorityClasses"],
  *examine(plan, { priorityClasses: list }) {
    const classes = itemsOf(list);
    const fix = SYNC_FOUNDATION;
    for (const [name, { value, globalDefault }] of Object.entries(plan.priorityClasses)) {
      const found = classes.find((candidate) => nameOf(candidate) === name);
      const object = `PriorityClass ${name}`;
      if (found === undefined) {
        yield { severity: "error", object, message: "it is not there: pods that name it are refused", fix };
      } else if (found.value !== value) {
        const actual = textOf(found.value);
        const message = `its value is ${actual}; the plan says ${value}`;
        yield { severity: "error", object, message, actual, limit: value, fix };
      } else if ((found.globalDefault === true) !== globalDefault) {
        const message = globalDefault
          ? "it must be the default of pods without a class"
          : "it must not be the default";
        yield { severity: "error", object, message, fix };
      }
    }
    for (const other of classes) {
      if (other.globalDefault !== true || Object.hasOwn(plan.priorityClasses, nameOf(other))) continue;
      yield {
        severity: "error",
        object: `PriorityClass ${nameOf(other)}`,
        message: "it is the default, and the plan does not know it",
        fix: `kubectl delete priorityclass ${nameOf(other)}, after seeing who uses it`,
      };
    }
  },
};
