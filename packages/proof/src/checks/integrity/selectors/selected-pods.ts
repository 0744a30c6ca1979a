import { type Manifest, namespaceOf } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { isObject, objectAt, stringAt } from "../../../manifest/values.ts";
import type { Workload } from "../../../manifest/workload.ts";
import { type Labels, labelsOf, matchesLabels } from "../../../network/label-selector.ts";
import type { Plan } from "../../../plan/plan.ts";
import { kubernetesSchemas } from "../../../schemas/schema-bundles.ts";

const POD_NAME = "statefulset.kubernetes.io/pod-name";

/** Labels that controllers put on the pods they make: no template has them. */
const CONTROLLER_LABELS: ReadonlySet<string> = new Set([
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-completion-index",
  "batch.kubernetes.io/job-name",
  "controller-revision-hash",
  "job-name",
  "pod-template-hash",
  POD_NAME,
]);

interface LabelledWorkload {
  readonly workload: Workload;
  readonly labels: Labels;
}

/** The pods of a rendering by namespace, found by selector. */
export class PodDirectory {
  readonly #byNamespace = new Map<string, LabelledWorkload[]>();
  readonly #index: ManifestIndex;
  readonly #plan: Plan | undefined;
  #namespacesWithOperators: ReadonlySet<string> | undefined;

  constructor(index: ManifestIndex, workloads: readonly Workload[], plan: Plan | undefined) {
    this.#index = index;
    this.#plan = plan;
    for (const workload of workloads) {
      const namespace = namespaceOf(workload.manifest);
      const entry = { workload, labels: labelsOf(workload.podMetadata) };
      const others = this.#byNamespace.get(namespace);
      if (others === undefined) this.#byNamespace.set(namespace, [entry]);
      else others.push(entry);
    }
  }

  select(namespace: string, selector: unknown): readonly LabelledWorkload[] {
    const written = withoutControllerLabels(selector);
    const pod = stringAt(selector, "matchLabels", POD_NAME);
    return (this.#byNamespace.get(namespace) ?? []).filter(
      ({ workload, labels }) =>
        matchesLabels(written, labels) && (pod === undefined || makesPod(workload, pod)),
    );
  }

  /** The workload that comes nearest to a selector that nothing matches, with what its labels are instead. */
  nearMiss(namespace: string, matchLabels: Labels): { workload: Workload; differences: string } | undefined {
    const wanted = Object.entries(matchLabels);
    let best: { workload: Workload; wrong: readonly string[] } | undefined;
    // A label that is there with another value is nearer than one that is not there.
    let fewest = 2 * wanted.length;
    for (const { workload, labels } of this.#byNamespace.get(namespace) ?? []) {
      const wrong = wanted.filter(([key, value]) => labels[key] !== value).map(([key]) => key);
      const distance = wrong.reduce((sum, key) => sum + (labels[key] === undefined ? 2 : 1), 0);
      if (distance >= fewest) continue;
      fewest = distance;
      best = { workload, wrong: wrong.map((key) => describeLabel(key, labels[key])) };
    }
    return best && { workload: best.workload, differences: best.wrong.join(", ") };
  }

  /** Why pods that no rendering shows may be selected in a namespace; undefined when all are rendered. */
  unseenPods(namespace: string): string | undefined {
    const plan = this.#plan;
    if (plan === undefined) {
      if (!this.#byNamespace.has(namespace)) return `no workload of the stream is in namespace ${namespace}`;
      this.#namespacesWithOperators ??= namespacesOfCustomResources(this.#index);
      return this.#namespacesWithOperators.has(namespace)
        ? `an operator may make pods in namespace ${namespace}`
        : undefined;
    }
    const planned = Object.hasOwn(plan.namespaces, namespace) ? plan.namespaces[namespace] : undefined;
    if (planned?.create === false) return `namespace ${namespace} is filled by others`;
    const dynamic = Object.entries(plan.dynamicPods).find(
      ([, pods]) =>
        pods.namespace === namespace &&
        pods.enabled &&
        (pods.component === "" || plan.components[pods.component]?.enabled === true),
    );
    return dynamic === undefined
      ? undefined
      : `global.dynamicPods.${dynamic[0]} runs pods there that no rendering shows`;
  }
}

function makesPod({ kind, manifest }: Workload, pod: string): boolean {
  return kind === "StatefulSet" && pod.replace(/-\d+$/, "") === manifest.name;
}

function withoutControllerLabels(selector: unknown): unknown {
  const written = Object.entries(objectAt(selector, "matchLabels") ?? {});
  if (!isObject(selector) || !written.some(([key]) => CONTROLLER_LABELS.has(key))) return selector;
  const kept = written.filter(([key]) => !CONTROLLER_LABELS.has(key));
  return { ...selector, matchLabels: Object.fromEntries(kept) };
}

function describeLabel(key: string, value: string | undefined): string {
  return value === undefined ? `no ${key}` : `${key}: ${value}`;
}

function namespacesOfCustomResources(index: ManifestIndex): ReadonlySet<string> {
  const groups = new Set(Object.keys(kubernetesSchemas().kinds).map((key) => groupOf(key)));
  const isCustom = ({ group }: Manifest): boolean => !groups.has(group);
  return new Set(index.all.filter(isCustom).map(namespaceOf));
}

/** `apps/v1/Deployment` → `apps`, `v1/Pod` → ``. */
function groupOf(key: string): string {
  const parts = key.split("/");
  return parts.length === 3 ? (parts[0] ?? "") : "";
}
