import { namespaceOf } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import type { Plan } from "../../../plan/plan.ts";
import type { NamedReference } from "./object-reference.ts";

/** What is known of an object that the rendering does not hold. */
type Standing = "exists" | "missing" | { readonly unknown: string };

const SYSTEM_PRIORITY_CLASSES = ["system-cluster-critical", "system-node-critical"];
/** ClusterRoles that the API server makes (1.36.3 plugin/pkg/auth/authorizer/rbac/bootstrappolicy). */
const BUILT_IN_CLUSTER_ROLES = ["cluster-admin", "admin", "edit", "view"];
const BUILT_IN_ROLES = ["extension-apiserver-authentication-reader"];

/** Kinds of which a stream without a plan says nothing: the cluster's owner provides them. */
const PROVIDED: ReadonlySet<string> = new Set([
  "Secret",
  "StorageClass",
  "IngressClass",
  "PriorityClass",
  "RuntimeClass",
  "ClusterRole",
  "PersistentVolume",
  "PersistentVolumeClaim",
]);

/** Looks for a target outside the rendering: in Kubernetes itself, in K3s, in the plan. */
export function standingOf(
  reference: NamedReference,
  index: ManifestIndex,
  plan: Plan | undefined,
): Standing {
  if (isBuiltIn(reference) || (plan !== undefined && isPlanned(reference, plan))) return "exists";
  const { kind, namespace } = reference;
  if (plan === undefined) {
    if (PROVIDED.has(kind)) return { unknown: "there is no plan that says what the cluster provides" };
    if (reference.user.kind === "StatefulSet" && kind === "Service") {
      return { unknown: "only the DNS names of its pods depend on it" };
    }
    const isForeign =
      namespace !== undefined &&
      namespace !== namespaceOf(reference.user) &&
      !index.all.some((manifest) => manifest.namespace === namespace);
    return isForeign ? { unknown: `nothing in the stream is in namespace ${namespace}` } : "missing";
  }
  if (kind === "RuntimeClass") return { unknown: "the plan says nothing of runtime classes" };
  const planned = namespace === undefined ? undefined : own(plan.namespaces, namespace);
  return planned?.create === false ? { unknown: `namespace ${namespace} is filled by others` } : "missing";
}

function isBuiltIn({ kind, namespace, name }: NamedReference): boolean {
  switch (kind) {
    case "ServiceAccount":
      return name === "default";
    case "ConfigMap":
      return name === "kube-root-ca.crt";
    case "PriorityClass":
      return SYSTEM_PRIORITY_CLASSES.includes(name);
    case "ClusterRole":
      return BUILT_IN_CLUSTER_ROLES.includes(name) || name.startsWith("system:");
    case "Role":
      return namespace === "kube-system" && (BUILT_IN_ROLES.includes(name) || name.startsWith("system:"));
    case "Service":
      return namespace === "default" && name === "kubernetes";
    default:
      return false;
  }
}

function isPlanned({ kind, name }: NamedReference, plan: Plan): boolean {
  switch (kind) {
    case "StorageClass": {
      const planned = own(plan.storage.classes, name);
      return planned?.enabled === true && isProvided(planned.provider, plan);
    }
    case "IngressClass":
      return name === plan.ingress.className && isProvided(plan.ingress.provider, plan);
    default:
      return false;
  }
}

function isProvided(provider: string, plan: Plan): boolean {
  return provider === "k3s" || own(plan.components, provider)?.enabled === true;
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
