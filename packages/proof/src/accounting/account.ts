import { describeObject, type Manifest, namespaceOf, referenceOf } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, stringAt } from "../manifest/values.ts";
import type { Workload } from "../manifest/workload.ts";
import type { Plan } from "../plan/plan.ts";
import type {
  Accounting,
  Claim,
  DynamicPodCharge,
  NamespaceCharge,
  Quota,
  WorkloadCharge,
} from "./accounting.ts";
import { biggestAt, limitOf, totalsOf } from "./charge-totals.ts";
import { dynamicPodCharges } from "./dynamic-pods.ts";
import { type LimitRange, readLimitRange } from "./limit-range.ts";
import { claimsOf, claimUsage, objectUsage } from "./object-usage.ts";
import { admitPod, podLimits, podRequests } from "./pod-resources.ts";
import type { ResourceList } from "./quantity.ts";
import { readQuota } from "./quota.ts";
import { addResources, amountOf, readResourceList } from "./resource-list.ts";
import { podsOf } from "./workload-pods.ts";

/** What is collected of a namespace before its totals are made. */
interface Collected {
  readonly workloads: WorkloadCharge[];
  readonly dynamicPods: DynamicPodCharge[];
  readonly limitRanges: LimitRange[];
  readonly quotas: Quota[];
  readonly claims: Claim[];
  readonly objects: ResourceList[];
}

/** Charges every workload as Kubernetes' quota controller would. */
export function account(
  index: ManifestIndex,
  workloads: readonly Workload[],
  plan: Plan | undefined,
): Accounting {
  const namespaces = new Map<string, Collected>();
  const of = (name: string): Collected => {
    let known = namespaces.get(name);
    if (known === undefined) {
      known = { workloads: [], dynamicPods: [], limitRanges: [], quotas: [], claims: [], objects: [] };
      namespaces.set(name, known);
    }
    return known;
  };
  for (const name of Object.keys(plan?.namespaces ?? {})) of(name);
  for (const manifest of core(index, "LimitRange"))
    of(namespaceOf(manifest)).limitRanges.push(readLimitRange(manifest));
  for (const manifest of core(index, "ResourceQuota"))
    of(namespaceOf(manifest)).quotas.push(readQuota(manifest));

  const overheads = overheadsOf(index);
  const maxReplicas = maxReplicasOf(index);
  const byManifest = new Map<Manifest, Workload>();
  const charges = workloads.map((workload) => {
    byManifest.set(workload.manifest, workload);
    const collected = of(namespaceOf(workload.manifest));
    const charge = chargeOf(
      workload,
      collected.limitRanges,
      overheads,
      maxReplicas.get(identity(workload.manifest)),
    );
    collected.workloads.push(charge);
    return charge;
  });
  const known = new Set(namespaces.keys());
  for (const manifest of index.all) {
    const name = namespaceOf(manifest);
    const claims = claimsOf(manifest, byManifest.get(manifest), maxReplicas.get(identity(manifest)));
    if (!known.has(name) && claims.length === 0) continue;
    const collected = of(name);
    collected.claims.push(...claims);
    if (manifest.kind !== "PersistentVolumeClaim") collected.objects.push(objectUsage(manifest));
  }
  if (plan !== undefined) {
    for (const charge of dynamicPodCharges(plan, index)) of(charge.namespace).dynamicPods.push(charge);
  }
  const totals = [...namespaces].map(([name, collected]) => [name, totalled(name, collected)] as const);
  return { namespaces: new Map(totals), workloads: charges };
}

function chargeOf(
  workload: Workload,
  limitRanges: readonly LimitRange[],
  overheads: ReadonlyMap<string, ResourceList>,
  maxReplicas: number | undefined,
): WorkloadCharge {
  const admitted = admitPod(workload.podSpec, { limitRanges, overheads });
  const { transient, unlimited, ...pods } = podsOf(workload, maxReplicas);
  const podIsBounded =
    admitted.podLevel !== undefined && amountOf(admitted.podLevel.limits, "memory") !== undefined;
  const unbounded = podIsBounded
    ? []
    : admitted.containers
        .filter(({ limits }) => amountOf(limits, "memory") === undefined)
        .map(({ name }) => name);
  return {
    workload,
    admitted,
    subject: describeObject(referenceOf(workload.manifest)),
    namespace: namespaceOf(workload.manifest),
    pod: { requests: podRequests(admitted), limits: podLimits(admitted), unbounded },
    pods,
    transient,
    unlimited,
    unreadable: admitted.unreadable.map((path) => `${workload.podSpecPath}.${path}`),
  };
}

function totalled(name: string, { objects, ...collected }: Collected): NamespaceCharge {
  const { workloads, dynamicPods } = collected;
  return {
    name,
    ...collected,
    objects: addResources(...objects, ...collected.claims.map(claimUsage)),
    ...totalsOf([...workloads, ...dynamicPods]),
    biggestRollout: biggestAt(workloads, "rollout", (totals) => limitOf(totals, "memory")),
  };
}

function core(index: ManifestIndex, kind: string): readonly Manifest[] {
  return index.filter({ group: "", kind });
}

function overheadsOf(index: ManifestIndex): ReadonlyMap<string, ResourceList> {
  return new Map(
    index
      .filter({ group: "node.k8s.io", kind: "RuntimeClass" })
      .map(({ name, object }) => [
        name,
        readResourceList(at(object, "overhead", "podFixed"), "overhead.podFixed", []),
      ]),
  );
}

/** `maxReplicas` of the autoscalers, by identity of their target. */
function maxReplicasOf(index: ManifestIndex): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const manifest of index.filter({ group: "autoscaling", kind: "HorizontalPodAutoscaler" })) {
    const max = at(manifest.object, "spec", "maxReplicas");
    const kind = stringAt(manifest.object, "spec", "scaleTargetRef", "kind");
    const name = stringAt(manifest.object, "spec", "scaleTargetRef", "name");
    if (typeof max !== "number" || !Number.isSafeInteger(max) || max < 1) continue;
    const target = `${kind}/${namespaceOf(manifest)}/${name}`;
    found.set(target, Math.max(max, found.get(target) ?? 0));
  }
  return found;
}

function identity(manifest: Manifest): string {
  return `${manifest.kind}/${namespaceOf(manifest)}/${manifest.name}`;
}
