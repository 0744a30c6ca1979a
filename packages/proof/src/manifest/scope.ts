import type { ManifestIndex } from "./manifest-index.ts";
import { at, stringAt } from "./values.ts";

/** Kinds of the API server itself by group; read from the clients' markers in k8s.io/api v0.36.3. */
const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  "": ["ComponentStatus", "Namespace", "Node", "PersistentVolume"],
  "admissionregistration.k8s.io": [
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  "authentication.k8s.io": ["SelfSubjectReview", "TokenReview"],
  "authorization.k8s.io": ["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
  "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "internal.apiserver.k8s.io": ["StorageVersion"],
  "networking.k8s.io": ["IPAddress", "IngressClass", "ServiceCIDR"],
  "node.k8s.io": ["RuntimeClass"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  "resource.k8s.io": ["DeviceClass", "DeviceTaintRule", "ResourcePoolStatusRequest", "ResourceSlice"],
  "scheduling.k8s.io": ["PriorityClass"],
  "storage.k8s.io": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
  "storagemigration.k8s.io": ["StorageVersionMigration"],
};

const NAMESPACED: Readonly<Record<string, readonly string[]>> = {
  "": [
    "Binding",
    "ConfigMap",
    "Endpoints",
    "Event",
    "LimitRange",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
  ],
  apps: ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
  "authorization.k8s.io": ["LocalSubjectAccessReview"],
  autoscaling: ["HorizontalPodAutoscaler"],
  batch: ["CronJob", "Job"],
  "certificates.k8s.io": ["PodCertificateRequest"],
  "coordination.k8s.io": ["Lease", "LeaseCandidate"],
  "discovery.k8s.io": ["EndpointSlice"],
  "events.k8s.io": ["Event"],
  "networking.k8s.io": ["Ingress", "NetworkPolicy"],
  policy: ["Eviction", "PodDisruptionBudget"],
  "rbac.authorization.k8s.io": ["Role", "RoleBinding"],
  "resource.k8s.io": ["ResourceClaim", "ResourceClaimTemplate"],
  "scheduling.k8s.io": ["PodGroup", "Workload"],
  "storage.k8s.io": ["CSIStorageCapacity"],
};

/** Scope by `group/kind`, from the CustomResourceDefinitions of one rendering. */
const definedScopes = new WeakMap<ManifestIndex, ReadonlyMap<string, boolean>>();

/**
 * Whether a kind lives outside namespaces: kinds of Kubernetes 1.36 and those whose CustomResourceDefinition is
 * in the same rendering. Undefined for kinds that neither knows.
 */
export function isClusterScoped(group: string, kind: string, index: ManifestIndex): boolean | undefined {
  if (has(CLUSTER_SCOPED, group, kind)) return true;
  if (has(NAMESPACED, group, kind)) return false;
  let scopes = definedScopes.get(index);
  if (scopes === undefined) {
    scopes = readScopes(index);
    definedScopes.set(index, scopes);
  }
  return scopes.get(`${group}/${kind}`);
}

function has(kinds: Readonly<Record<string, readonly string[]>>, group: string, kind: string): boolean {
  return Object.hasOwn(kinds, group) && (kinds[group] ?? []).includes(kind);
}

function readScopes(index: ManifestIndex): ReadonlyMap<string, boolean> {
  const scopes = new Map<string, boolean>();
  for (const { object } of index.filter({
    group: "apiextensions.k8s.io",
    kind: "CustomResourceDefinition",
  })) {
    const scope = at(object, "spec", "scope");
    const group = stringAt(object, "spec", "group");
    const kind = stringAt(object, "spec", "names", "kind");
    if (scope === "Cluster" || scope === "Namespaced") scopes.set(`${group}/${kind}`, scope === "Cluster");
  }
  return scopes;
}
