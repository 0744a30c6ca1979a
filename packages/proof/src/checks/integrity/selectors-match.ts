import {
  apiGroup,
  describeObject,
  type Manifest,
  namespaceOf,
  referenceOf,
} from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, isObject, objectAt, stringAt } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import { type Labels, labelsOf, matchesLabels, selectsEverything } from "../../network/label-selector.ts";
import { NAME_LABEL, ROLE_LABEL } from "../../network/pod-group.ts";
import { plainText } from "../../schemas/plain-text.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";
import { checkDrain } from "./selectors/blocked-drain.ts";
import { PodDirectory } from "./selectors/selected-pods.ts";

type Code =
  | "template-not-selected"
  | "service-selects-nothing"
  | "service-selects-several"
  | "budget-selects-nothing"
  | "budget-blocks-drain"
  | "policy-selects-nothing"
  | "autoscaler-target-missing";

export const selectorsMatch = defineRule({
  id: "selectors-match",
  group: "integrity",
  severity: "error",
  title: "Every selector finds the pods that it means",
  explanation: {
    protects:
      "Services, budgets and policies from selecting no pods, which Kubernetes takes for right, and Services from mixing two programs.",
    incident:
      "A NetworkPolicy selected `app: minio` while the pods carried `app.kubernetes.io/name: minio`. It protected nothing for months, and everything still worked.",
    fix: "Write the labels of the pod template into the selector; the finding names the workload that comes nearest.",
    source:
      "k8s.io/kubernetes v1.36.3 pkg/apis/apps/validation; k8s.io/apimachinery v0.36.3 LabelSelectorAsSelector",
  },
  codes: {
    "template-not-selected": "A workload whose selector does not match its own pod template.",
    "service-selects-nothing": "A Service that selects no pod.",
    "service-selects-several": "A Service that selects the pods of two programs.",
    "budget-selects-nothing": "A PodDisruptionBudget that selects no pod.",
    "budget-blocks-drain": "A PodDisruptionBudget that never lets a pod go.",
    "policy-selects-nothing": "A NetworkPolicy that selects no pod.",
    "autoscaler-target-missing": "An autoscaler of a workload that is not there.",
  },
  *check({ index, workloads, plan }) {
    const pods = new PodDirectory(index, workloads, plan);
    for (const workload of workloads) {
      const problem = checkTemplate(workload);
      if (problem !== undefined) yield problem;
    }
    for (const service of index.filter({ group: "", kind: "Service" })) yield* checkService(service, pods);
    for (const budget of index.filter({ group: "policy", kind: "PodDisruptionBudget" })) {
      yield* checkSelector(
        budget,
        "spec.selector",
        at(budget.object, "spec", "selector"),
        "budget-selects-nothing",
        pods,
      );
      const problem = checkDrain(budget, pods, index);
      if (problem !== undefined) yield problem;
    }
    for (const policy of index.filter({ group: "networking.k8s.io", kind: "NetworkPolicy" })) {
      const selector = at(policy.object, "spec", "podSelector");
      yield* checkSelector(policy, "spec.podSelector", selector, "policy-selects-nothing", pods);
    }
    for (const scaler of index.filter({ group: "autoscaling", kind: "HorizontalPodAutoscaler" })) {
      const problem = checkTarget(scaler, index);
      if (problem !== undefined) yield problem;
    }
  },
});

function checkTemplate({ manifest, kind, spec, podMetadata }: Workload): Problem<Code> | undefined {
  const written = objectAt(spec, "selector");
  if (written === undefined || kind === "Job" || kind === "CronJob") return undefined;
  const selector = kind === "ReplicationController" ? { matchLabels: written } : written;
  const labels = labelsOf(podMetadata);
  if (matchesLabels(selector, labels)) return undefined;
  const wrong = Object.entries(objectAt(selector, "matchLabels") ?? {}).filter(
    ([key, value]) => labels[key] !== value,
  );
  const shown = wrong.map(([key, value]) => `${key}: ${plainText(value)}`).join(", ") || "matchExpressions";
  return {
    code: "template-not-selected",
    manifest,
    path: "spec.selector",
    message: `${kind} ${manifest.name} selects ${shown}, which its own pod template does not have; the API server refuses it`,
    actual: shown,
    limit: describeLabels(labels),
    fix: "Write the same labels into spec.selector.matchLabels and spec.template.metadata.labels.",
  };
}

function* checkService(service: Manifest, pods: PodDirectory): Generator<Problem<Code> | Unchecked> {
  const selector = objectAt(service.object, "spec", "selector");
  if (selector === undefined || Object.keys(selector).length === 0) return;
  if (stringAt(service.object, "spec", "type") === "ExternalName") return;
  yield* checkSelector(service, "spec.selector", { matchLabels: selector }, "service-selects-nothing", pods);
  const headless = at(service.object, "spec", "clusterIP") === "None";
  const selected = pods.select(namespaceOf(service), { matchLabels: selector });
  const programs = new Map<string, Workload>();
  for (const { workload, labels } of selected) {
    const program = programOf(labels, headless);
    if (program !== undefined) programs.set(program, workload);
  }
  if (programs.size < 2) return;
  const names = [...programs.values()].map(({ manifest }) => describeObject(manifest)).join(" and ");
  yield {
    code: "service-selects-several",
    manifest: service,
    path: "spec.selector",
    message: `Service ${service.name} sends to ${names}, which are different programs`,
    actual: [...programs.keys()].join(", "),
    limit: "one program",
    fix: `Add the label that tells them apart to spec.selector: ${ROLE_LABEL}, or ${NAME_LABEL}.`,
  };
}

/** What a pod is by its recommended labels. A headless Service may list the roles of one program together. */
function programOf(labels: Labels, headless: boolean): string | undefined {
  const name = labels[NAME_LABEL] ?? labels.app;
  if (name === undefined) return undefined;
  const role = labels[ROLE_LABEL];
  return headless || role === undefined ? name : `${name}/${role}`;
}

function* checkSelector(
  manifest: Manifest,
  path: string,
  selector: unknown,
  code: Code,
  pods: PodDirectory,
): Generator<Problem<Code> | Unchecked> {
  if (!isObject(selector) || selectsEverything(selector)) return;
  const namespace = namespaceOf(manifest);
  if (pods.select(namespace, selector).length > 0) return;
  const unseen = pods.unseenPods(namespace);
  if (unseen !== undefined) {
    yield {
      unchecked: `${describeObject(referenceOf(manifest))} selects pods that no rendering shows, so its ${path} is not held against any: ${unseen}`,
      manifest,
    };
    return;
  }
  const matchLabels = labelsOf({ labels: objectAt(selector, "matchLabels") });
  const near = pods.nearMiss(namespace, matchLabels);
  const object = near === undefined ? undefined : describeObject(near.workload.manifest);
  const hint = near === undefined ? "" : `; nearest is ${object}, whose pods have ${near.differences}`;
  const wanted = Object.keys(matchLabels).length > 0 ? describeLabels(matchLabels) : "by matchExpressions";
  yield {
    code,
    manifest,
    path,
    message: `${manifest.kind} ${manifest.name} selects ${wanted}, and no pod in ${namespace} is that${hint}`,
    actual: wanted,
    limit: near?.differences,
    fix:
      near === undefined
        ? "Select labels that a pod template has."
        : `If ${object} is meant, write its labels: ${near.differences}.`,
  };
}

function checkTarget(scaler: Manifest, index: ManifestIndex): Problem<Code> | Unchecked | undefined {
  const target = objectAt(scaler.object, "spec", "scaleTargetRef");
  const kind = stringAt(target, "kind");
  const name = stringAt(target, "name");
  if (kind === undefined || name === undefined) return undefined;
  const group = apiGroup(stringAt(target, "apiVersion") ?? "");
  const candidates = index.filter({ group, kind });
  if (
    candidates.some((manifest) => manifest.name === name && namespaceOf(manifest) === namespaceOf(scaler))
  ) {
    return undefined;
  }
  return {
    code: "autoscaler-target-missing",
    manifest: scaler,
    path: "spec.scaleTargetRef",
    message: `${kind} ${namespaceOf(scaler)}/${name} (${group || "core group"}) is not rendered, so nothing is scaled`,
    actual: name,
    limit: candidates.map((manifest) => manifest.name).join(", ") || undefined,
    fix: "Name a workload of the same namespace, with its apiVersion.",
  };
}

function describeLabels(labels: Labels): string {
  const text = Object.entries(labels)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ");
  return text === "" ? "no labels" : text;
}
