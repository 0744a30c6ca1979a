import type { Manifest } from "../manifest/kubernetes-object.ts";
import { at, isObject, objectAt, objectsIn, stringAt } from "../manifest/values.ts";
import type { Workload } from "../manifest/workload.ts";
import type { Claim } from "./accounting.ts";
import { type Amount, countAmount, parseQuantity, type ResourceList } from "./quantity.ts";
import { addResources, scaleResources } from "./resource-list.ts";
import { podsOf } from "./workload-pods.ts";

const CLASS_SUFFIX = ".storageclass.storage.k8s.io/";
const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
/** Kinds with a quota resource of their own besides `count/<plural>`. */
const COUNTED: ReadonlySet<string> = new Set([
  "configmaps",
  "secrets",
  "services",
  "resourcequotas",
  "replicationcontrollers",
]);

/**
 * The claim that an object is, and those that its pods bring along: of a StatefulSet's templates one per
 * replica, of a generic ephemeral volume one per pod, at the moment with most pods, since such a claim lives
 * and ends with its pod.
 * @see k8s.io/kubernetes v1.36.3 pkg/controller/volume/ephemeral/controller.go
 */
export function claimsOf(
  manifest: Manifest,
  workload: Workload | undefined,
  maxReplicas: number | undefined,
): Claim[] {
  if (manifest.kind === "PersistentVolumeClaim" && manifest.group === "") {
    return [claim(manifest, manifest.object, "spec", 1)];
  }
  if (workload === undefined) return [];
  const { steady, terminating } = podsOf(workload, maxReplicas);
  const templates = workload.kind === "StatefulSet" ? objectsIn(workload.spec.volumeClaimTemplates) : [];
  return [
    ...templates.map((template, position) =>
      claim(manifest, template, `spec.volumeClaimTemplates[${position}].spec`, steady),
    ),
    ...objectsIn(workload.podSpec.volumes).flatMap((volume, position) => {
      const template = objectAt(volume, "ephemeral", "volumeClaimTemplate");
      const path = `${workload.podSpecPath}.volumes[${position}].ephemeral.volumeClaimTemplate.spec`;
      return template === undefined
        ? []
        : [claim(manifest, template, path, terminating + keptPods(workload))];
    }),
  ];
}

/** Pods of finished runs that a CronJob keeps with their volumes. */
function keptPods({ kind, spec }: Workload): number {
  if (kind !== "CronJob") return 0;
  const kept = (field: string, initial: number): number => {
    const written = spec[field];
    return typeof written === "number" && Number.isSafeInteger(written) && written >= 0 ? written : initial;
  };
  return kept("successfulJobsHistoryLimit", 3) + kept("failedJobsHistoryLimit", 1);
}

/**
 * What claims take of a quota, in whole bytes; a class is charged by its own name too.
 * @see k8s.io/kubernetes v1.36.3 pkg/quota/v1/evaluator/core/persistent_volume_claims.go
 */
export function claimUsage({ manifest, spec, count, storage }: Claim): ResourceList {
  const one: Record<string, Amount> = {
    persistentvolumeclaims: countAmount(1),
    "count/persistentvolumeclaims": countAmount(1),
  };
  if (storage !== undefined) one["requests.storage"] = storage;
  const annotated =
    manifest.kind === "PersistentVolumeClaim" ? manifest.object.metadata.annotations : undefined;
  const storageClass = stringAt(annotated, CLASS_ANNOTATION) ?? stringAt(spec, "storageClassName") ?? "";
  if (storageClass !== "") {
    one[`${storageClass}${CLASS_SUFFIX}persistentvolumeclaims`] = countAmount(1);
    if (storage !== undefined) one[`${storageClass}${CLASS_SUFFIX}requests.storage`] = storage;
  }
  return scaleResources(one, count);
}

/**
 * What any other object takes of a quota; pods are charged apart.
 * @see k8s.io/kubernetes v1.36.3 pkg/quota/v1/evaluator/core/services.go
 */
export function objectUsage(manifest: Manifest): ResourceList {
  const plural = pluralOf(manifest.kind);
  const counted: Record<string, Amount> = {
    [`count/${manifest.group === "" ? plural : `${plural}.${manifest.group}`}`]: countAmount(1),
  };
  if (manifest.group !== "") return counted;
  if (COUNTED.has(plural)) counted[plural] = countAmount(1);
  return manifest.kind === "Service" ? addResources(counted, serviceUsage(manifest)) : counted;
}

function serviceUsage({ object }: Manifest): ResourceList {
  const type = at(object, "spec", "type");
  const ports = objectsIn(at(object, "spec", "ports"));
  const balanced = type === "LoadBalancer";
  const spared = balanced && at(object, "spec", "allocateLoadBalancerNodePorts") === false;
  const nodePorts = spared
    ? ports.filter((port) => typeof port.nodePort === "number" && port.nodePort !== 0)
    : ports;
  return {
    "services.loadbalancers": countAmount(balanced ? 1 : 0),
    "services.nodeports": countAmount(balanced || type === "NodePort" ? nodePorts.length : 0),
  };
}

function claim(manifest: Manifest, object: unknown, path: string, count: number): Claim {
  const spec = at(object, "spec");
  const storage = parseQuantity(at(spec, "resources", "requests", "storage"));
  return { manifest, path, spec: isObject(spec) ? spec : {}, count, storage: storage && wholeBytes(storage) };
}

function wholeBytes(amount: Amount): Amount {
  const unit = countAmount(1);
  return amount % unit > 0n ? (amount / unit + 1n) * unit : amount;
}

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower === "endpoints") return lower;
  if (/(s|x|ch|sh)$/.test(lower)) return `${lower}es`;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
