import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, stringAt } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import { applicationsOf } from "../../order/applications.ts";
import { podReferences } from "../../order/pod-references.ts";
import { Positions } from "../../order/precedence.ts";
import { SYNC_WAVE } from "../../order/sync-wave.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";

type Code = "claim-before-consumer" | "claim-without-consumer" | "claim-without-running-pod";

export const storageWithConsumer = defineRule<Code>({
  id: "storage-with-consumer",
  group: "order",
  severity: "error",
  title: "No claim comes before the pod that mounts it",
  explanation: {
    protects:
      "The first installation and every restore on storage that waits for its first consumer, as K3s' local-path does.",
    incident:
      "A claim stood one wave before its database. Argo CD counts a Pending claim as progressing and waited for it; the claim waited for a pod of the next wave.",
    fix: "Put the claim into the wave of the first workload that mounts it; inside a wave, claims come first anyway.",
    source:
      "argo-cd v3.5.5: gitops-engine/pkg/health/health_pvc.go (Pending is Progressing); argo-cd issue 12840; Kubernetes: volumeBindingMode WaitForFirstConsumer",
  },
  codes: {
    "claim-before-consumer": "The claim is in an earlier wave or phase than its first consumer.",
    "claim-without-consumer": "Nothing mounts the claim, so it stays Pending.",
    "claim-without-running-pod": "Only workloads that start no pod during the sync mount the claim.",
  },
  *check({ index, workloads, plan }) {
    const positions = new Positions(applicationsOf(index, plan));
    const consumers = consumersByClaim(workloads);
    for (const claim of index.filter({ group: "", kind: "PersistentVolumeClaim" })) {
      const mounting = consumers.get(`${claim.namespace}/${claim.name}`) ?? [];
      yield* checkOrder(claim, mounting, positions);
      if (!mounting.some(startsPods)) yield* checkWaiting(claim, mounting, bindingMode(claim, index, plan));
    }
  },
});

function consumersByClaim(workloads: readonly Workload[]): ReadonlyMap<string, readonly Workload[]> {
  const consumers = new Map<string, Workload[]>();
  for (const workload of workloads)
    for (const { kind, name } of podReferences(workload)) {
      if (kind !== "PersistentVolumeClaim") continue;
      const claim = `${workload.manifest.namespace}/${name}`;
      const mounting = consumers.get(claim);
      if (mounting === undefined) consumers.set(claim, [workload]);
      else mounting.push(workload);
    }
  return consumers;
}

function* checkOrder(
  claim: Manifest,
  mounting: readonly Workload[],
  positions: Positions,
): Generator<Problem<Code>> {
  const waits = mounting.filter((workload) => {
    const precedence = positions.precedence(claim, workload.manifest);
    return precedence !== undefined && startsPods(workload);
  });
  const first = waits[0];
  if (first === undefined) return;
  if (waits.some((workload) => positions.precedence(claim, workload.manifest) !== "ready")) return;
  const own = positions.of(claim)?.task;
  const waves = waits.map(({ manifest }) => positions.of(manifest)?.task.wave ?? 0);
  const earliest = Math.min(...waves);
  const consumer = waits[waves.indexOf(earliest)] ?? first;
  yield {
    code: "claim-before-consumer",
    manifest: claim,
    path: `metadata.annotations["${SYNC_WAVE}"]`,
    message: `${describeObject(referenceOf(claim))} is in ${own?.phase} wave ${own?.wave}, its first consumer ${describeObject(referenceOf(consumer.manifest))} in wave ${earliest}: a class that waits for its first consumer leaves it Pending, and Argo CD waits for it before it goes on`,
    actual: own?.wave ?? 0,
    limit: earliest,
    fix: `Give the claim the wave ${earliest}.`,
  };
}

function* checkWaiting(
  claim: Manifest,
  mounting: readonly Workload[],
  mode: string | undefined,
): Generator<Problem<Code> | Unchecked> {
  if (stringAt(claim.object, "spec", "volumeName") !== undefined || mode === "Immediate") return;
  if (mode === undefined) {
    yield {
      unchecked: `Whether ${describeObject(referenceOf(claim))} binds without a pod: neither the rendering nor a plan knows its storage class`,
      manifest: claim,
    };
    return;
  }
  const names = mounting.map(({ manifest }) => describeObject(referenceOf(manifest))).join(", ");
  yield {
    code: mounting.length === 0 ? "claim-without-consumer" : "claim-without-running-pod",
    manifest: claim,
    path: "spec.storageClassName",
    message:
      mounting.length === 0
        ? `Nothing mounts ${describeObject(referenceOf(claim))}, and its class waits for a first consumer: it stays Pending and its wave never ends`
        : `Only ${names} mounts ${describeObject(referenceOf(claim))} and starts no pod by itself; the class waits for a first consumer, so the wave ends no sooner than that`,
    actual: mode,
    limit: "Immediate",
    fix: "Let a workload that runs at once mount it in the same wave, or use a class that binds immediately.",
  };
}

/** False for what a sync only records: schedules, suspended Jobs, workloads scaled to nothing. */
function startsPods({ kind, spec }: Workload): boolean {
  return kind !== "CronJob" && spec.suspend !== true && spec.replicas !== 0;
}

function bindingMode(claim: Manifest, index: ManifestIndex, plan: Plan | undefined): string | undefined {
  const name = stringAt(claim.object, "spec", "storageClassName") ?? plan?.storage.class;
  if (name === undefined) return undefined;
  const rendered = index.find("storage.k8s.io", "StorageClass", undefined, name);
  if (rendered !== undefined) return String(at(rendered.object, "volumeBindingMode") ?? "Immediate");
  return plan !== undefined && Object.hasOwn(plan.storage.classes, name)
    ? plan.storage.classes[name]?.bindingMode
    : undefined;
}
