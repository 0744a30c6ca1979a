import type { WorkloadCharge } from "../../accounting/accounting.ts";
import { deploymentFenceposts } from "../../accounting/workload-pods.ts";
import { namespaceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, isObject, objectsIn, stringAt, stringsIn } from "../../manifest/values.ts";
import { type Labels, labelsOf, matchesLabels } from "../../network/label-selector.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
/** Labels that controllers add: equal in one revision of one workload, different everywhere else. */
const REVISIONS: ReadonlySet<string> = new Set(["pod-template-hash", "controller-revision-hash"]);

/** Pods that must not share a node although there is only one. */
interface Repulsion {
  /** Relative to the pod spec. */
  readonly path: string;
  /** What cannot be, as a sentence without its end. */
  readonly message: string;
  readonly fix: string;
}

/**
 * Required anti-affinities of a workload that one node cannot satisfy: against a pod of another workload that
 * lasts, against its own replicas, or against its own old pod that a rollout only stops once the new one runs.
 * @param known topology keys of the node: pods apart by another key are not kept apart
 * @see k8s.io/kubernetes v1.36.3 pkg/scheduler/framework/plugins/interpodaffinity
 */
export function* repulsions(
  charge: WorkloadCharge,
  charges: readonly WorkloadCharge[],
  index: ManifestIndex,
  known: Labels,
): Generator<Repulsion> {
  const terms = objectsIn(at(charge.workload.podSpec.affinity, "podAntiAffinity", REQUIRED));
  for (const [position, term] of terms.entries()) {
    if (!Object.hasOwn(known, stringAt(term, "topologyKey") ?? "")) continue;
    const path = `affinity.podAntiAffinity.${REQUIRED}[${position}]`;
    for (const other of charges) {
      if (!repels(term, charge, other, index)) continue;
      if (other !== charge) {
        if (other.transient || other.pods.steady === 0) continue;
        yield {
          path,
          message: `the pod refuses the node of ${other.subject}, and there is no other node`,
          fix: "prefer another node instead of requiring one, or remove the term",
        };
      } else if (!charge.transient && charge.pods.steady > 1) {
        yield {
          path,
          message: `its ${charge.pods.steady} pods refuse each other's node, and there is no other node: all but one stay Pending`,
          fix: "run one replica, or prefer different nodes instead of requiring them",
        };
      } else if (
        waitsForSuccessor(charge) &&
        !stringsIn(at(term, "matchLabelKeys")).some((key) => REVISIONS.has(key))
      ) {
        yield {
          path,
          message:
            "in a rollout the new pod refuses the node of the old one, which only stops once the new one runs",
          fix: "set strategy.type to Recreate, or maxSurge to 0 and maxUnavailable to 1",
        };
      }
    }
  }
}

/** Whether a rollout starts the new pod and keeps the old one until the new one is ready. */
function waitsForSuccessor({ workload, pods }: WorkloadCharge): boolean {
  if (pods.rollout <= pods.steady) return false;
  if (workload.kind !== "Deployment") return workload.kind === "DaemonSet";
  const rolling = at(workload.spec, "strategy", "rollingUpdate");
  const posts = deploymentFenceposts(
    at(rolling, "maxSurge") ?? "25%",
    at(rolling, "maxUnavailable") ?? "25%",
    pods.steady,
  );
  return posts !== undefined && posts.unavailable === 0;
}

function repels(term: unknown, own: WorkloadCharge, other: WorkloadCharge, index: ManifestIndex): boolean {
  if (!reaches(term, own, other, index)) return false;
  const labels = labelsOf(other.workload.podMetadata);
  const ownLabels = labelsOf(own.workload.podMetadata);
  const same = (key: string): boolean =>
    REVISIONS.has(key) ? own === other : Object.hasOwn(ownLabels, key) && labels[key] === ownLabels[key];
  return (
    matchesLabels(at(term, "labelSelector"), labels) &&
    stringsIn(at(term, "matchLabelKeys")).every(same) &&
    // Pods of another revision differ by these labels, also those of the same workload.
    stringsIn(at(term, "mismatchLabelKeys")).every((key) => REVISIONS.has(key) || !same(key))
  );
}

/** Whether the namespace of the other pod is among those of the term; by default only its own is. */
function reaches(term: unknown, own: WorkloadCharge, other: WorkloadCharge, index: ManifestIndex): boolean {
  const namespaces = stringsIn(at(term, "namespaces"));
  const selector = at(term, "namespaceSelector");
  const namespace = namespaceOf(other.workload.manifest);
  if (namespaces.length === 0 && !isObject(selector)) return namespace === namespaceOf(own.workload.manifest);
  if (namespaces.includes(namespace)) return true;
  const manifest = index.find("", "Namespace", undefined, namespace);
  const labels = { ...labelsOf(manifest?.object.metadata), "kubernetes.io/metadata.name": namespace };
  return matchesLabels(selector, labels);
}
