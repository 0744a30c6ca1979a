import type { Manifest } from "../manifest/kubernetes-object.ts";
import { at, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import type { Charge, ChargeTotals, Quota, QuotaScope, WorkloadCharge } from "./accounting.ts";
import { qualityOfService } from "./quality-of-service.ts";
import { type Amount, countAmount, type ResourceList } from "./quantity.ts";
import { amountOf, readResourceList } from "./resource-list.ts";

/** Resources that every container must set once a quota names them. */
const MUST_BE_SET: ReadonlySet<string> = new Set([
  "cpu",
  "memory",
  "requests.cpu",
  "requests.memory",
  "limits.cpu",
  "limits.memory",
]);

/** Reads `spec.hard`, `spec.scopes` and `spec.scopeSelector`. */
export function readQuota(manifest: Manifest): Quota {
  const unreadable: string[] = [];
  const selected = objectsIn(at(manifest.object, "spec", "scopeSelector", "matchExpressions"));
  return {
    manifest,
    hard: readResourceList(at(manifest.object, "spec", "hard"), "spec.hard", unreadable),
    scopes: [
      ...stringsIn(at(manifest.object, "spec", "scopes")).map((name) => ({
        name,
        operator: "Exists",
        values: [],
      })),
      ...selected.map((term) => ({
        name: stringAt(term, "scopeName") ?? "",
        operator: stringAt(term, "operator") ?? "",
        values: stringsIn(term.values),
      })),
    ],
    unreadable,
  };
}

/**
 * Whether a quota charges the pods of a workload: all its scopes must match. `Terminating` means that
 * `activeDeadlineSeconds` is set, not that the pod is being deleted.
 * @see k8s.io/kubernetes v1.36.3 pkg/quota/v1/evaluator/core/pods.go `podMatchesScopeFunc`
 */
export function quotaMatches(quota: Quota, charge: WorkloadCharge): boolean {
  return quota.scopes.every((scope) => scopeMatches(scope, charge));
}

/** The amount that a quota charges for its resource `pods`, `limits.memory`, `requests.cpu`, `memory`, … */
export function charged(totals: ChargeTotals, resource: string): Amount {
  if (resource === "pods") return countAmount(totals.pods);
  if (resource.startsWith("limits.")) return amountOf(totals.limits, resource.slice("limits.".length)) ?? 0n;
  const requested = resource.startsWith("requests.") ? resource.slice("requests.".length) : resource;
  return amountOf(totals.requests, requested) ?? 0n;
}

/** Whether a quota's resource is charged for pods, not for other objects. */
export function isPodResource(resource: string): boolean {
  if (resource === "pods") return true;
  return (
    /^(requests\.|limits\.)?(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(resource) ||
    isExtended(resource)
  );
}

/** Containers that a quota refuses because they do not set what it limits, by its resource. */
export function missingResources(hard: ResourceList, charge: WorkloadCharge): Map<string, string[]> {
  const missing = new Map<string, string[]>();
  if (charge.admitted.podLevel !== undefined) return missing;
  for (const resource of Object.keys(hard)) {
    if (!MUST_BE_SET.has(resource)) continue;
    const name = resource.replace(/^(requests|limits)\./, "");
    const kind = resource.startsWith("limits.") ? "limits" : "requests";
    const lacking = charge.admitted.containers.filter(
      (container) => amountOf(container[kind], name) === undefined,
    );
    if (lacking.length > 0)
      missing.set(
        resource,
        lacking.map((container) => container.name),
      );
  }
  return missing;
}

/** Of several quotas without scopes that limit a resource, the smallest decides. */
export function tightest(
  quotas: readonly Quota[],
  resource: string,
): { readonly quota: Quota; readonly amount: Amount } | undefined {
  let found: { quota: Quota; amount: Amount } | undefined;
  for (const quota of quotas) {
    const amount = quota.scopes.length === 0 ? amountOf(quota.hard, resource) : undefined;
    if (amount !== undefined && (found === undefined || amount < found.amount)) found = { quota, amount };
  }
  return found;
}

/** Whether an unscoped quota bounds the memory limits of everything in its namespace. */
export function boundsMemory({ hard, scopes }: Quota): boolean {
  return scopes.length === 0 && amountOf(hard, "limits.memory") !== undefined;
}

function scopeMatches({ name, operator, values }: QuotaScope, charge: WorkloadCharge): boolean {
  const { podSpec } = charge.workload;
  switch (name) {
    case "Terminating":
      return endsByDeadline(charge);
    case "NotTerminating":
      return !endsByDeadline(charge);
    case "BestEffort":
      return qualityOfService(charge.admitted) === "BestEffort";
    case "NotBestEffort":
      return qualityOfService(charge.admitted) !== "BestEffort";
    case "PriorityClass": {
      const priorityClass = typeof podSpec.priorityClassName === "string" ? podSpec.priorityClassName : "";
      if (operator === "Exists") return priorityClass !== "";
      if (operator === "DoesNotExist") return priorityClass === "";
      return values.includes(priorityClass) === (operator === "In");
    }
    case "CrossNamespacePodAffinity":
      return ["podAffinity", "podAntiAffinity"].some((kind) =>
        reachesOtherNamespaces(at(podSpec.affinity, kind)),
      );
    default:
      return false;
  }
}

function endsByDeadline({ workload }: WorkloadCharge): boolean {
  // A Job's own deadline stays with the Job; only the template's field reaches the pod.
  const { activeDeadlineSeconds } = workload.podSpec;
  return typeof activeDeadlineSeconds === "number" && activeDeadlineSeconds >= 0;
}

function reachesOtherNamespaces(affinity: unknown): boolean {
  const required = objectsIn(at(affinity, "requiredDuringSchedulingIgnoredDuringExecution"));
  const preferred = objectsIn(at(affinity, "preferredDuringSchedulingIgnoredDuringExecution"));
  const terms = [...required, ...preferred.map((term) => at(term, "podAffinityTerm"))];
  return terms.some(
    (term) => stringsIn(at(term, "namespaces")).length > 0 || at(term, "namespaceSelector") !== undefined,
  );
}

function isExtended(resource: string): boolean {
  return /^requests\.[^/]+\/.+$/.test(resource) && !resource.includes(".storageclass.storage.k8s.io/");
}

/** Charges that a quota counts; what no rendering shows is counted by every quota without scopes. */
export function chargesUnder(
  quota: Quota,
  workloads: readonly WorkloadCharge[],
  others: readonly Charge[],
): Charge[] {
  const matching = workloads.filter((charge) => quotaMatches(quota, charge));
  return quota.scopes.length === 0 ? [...matching, ...others] : matching;
}
