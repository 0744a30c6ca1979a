import { type Manifest, namespaceOf } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt } from "../../../manifest/values.ts";
import type { Workload } from "../../../manifest/workload.ts";
import { calledServices } from "../../../network/called-services.ts";
import { type PodReferenceKind, podReferences } from "../../../order/pod-references.ts";
import type { NamedReference } from "./object-reference.ts";

const RBAC = "rbac.authorization.k8s.io";
const NETWORKING = "networking.k8s.io";

const POD_TARGETS: Readonly<Record<PodReferenceKind, { readonly group: string; readonly cluster?: true }>> = {
  ConfigMap: { group: "" },
  Secret: { group: "" },
  PersistentVolumeClaim: { group: "" },
  ServiceAccount: { group: "" },
  PriorityClass: { group: "scheduling.k8s.io", cluster: true },
  RuntimeClass: { group: "node.k8s.io", cluster: true },
  StorageClass: { group: "storage.k8s.io", cluster: true },
};

/** Every reference of every object, whether or not its target is rendered. */
export function* collectReferences(
  index: ManifestIndex,
  workloads: readonly Workload[],
): Generator<NamedReference> {
  for (const workload of workloads) yield* workloadReferences(workload);
  for (const manifest of index.all) {
    const collect = COLLECTORS[`${manifest.group}/${manifest.kind}`];
    if (collect === undefined) continue;
    for (const reference of collect(manifest)) if (reference.name !== "") yield reference;
  }
}

function* workloadReferences(workload: Workload): Generator<NamedReference> {
  const user = workload.manifest;
  for (const { kind, name, path, optional } of podReferences(workload)) {
    const { group, cluster } = POD_TARGETS[kind];
    yield { user, group, kind, namespace: cluster ? undefined : namespaceOf(user), name, path, optional };
  }
  const service = stringAt(workload.spec, "serviceName") ?? "";
  if (workload.kind === "StatefulSet" && service !== "")
    yield serviceReference(user, service, "spec.serviceName");
}

type Collector = (manifest: Manifest) => Iterable<NamedReference>;

const COLLECTORS: Readonly<Record<string, Collector>> = {
  "/PersistentVolumeClaim": function* (user) {
    const name = stringAt(user.object, "spec", "storageClassName") ?? "";
    yield clusterReference(user, "storage.k8s.io", "StorageClass", name, "spec.storageClassName");
    const volume = stringAt(user.object, "spec", "volumeName") ?? "";
    yield clusterReference(user, "", "PersistentVolume", volume, "spec.volumeName");
  },
  "/ServiceAccount": function* (user) {
    for (const field of ["imagePullSecrets", "secrets"]) {
      for (const [position, secret] of objectsIn(user.object[field]).entries()) {
        yield secretReference(user, stringAt(secret, "name") ?? "", `${field}[${position}].name`);
      }
    }
  },
  "networking.k8s.io/Ingress": ingressReferences,
  "rbac.authorization.k8s.io/RoleBinding": bindingReferences,
  "rbac.authorization.k8s.io/ClusterRoleBinding": bindingReferences,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": callReferences,
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": callReferences,
  "apiregistration.k8s.io/APIService": callReferences,
  "apiextensions.k8s.io/CustomResourceDefinition": callReferences,
};

function* ingressReferences(user: Manifest): Generator<NamedReference> {
  const spec = at(user.object, "spec");
  const className = stringAt(spec, "ingressClassName") ?? "";
  yield clusterReference(user, NETWORKING, "IngressClass", className, "spec.ingressClassName");
  for (const { name, path } of ingressBackends(user)) yield serviceReference(user, name, `${path}.name`);
  for (const [position, tls] of objectsIn(at(spec, "tls")).entries()) {
    yield secretReference(user, stringAt(tls, "secretName") ?? "", `spec.tls[${position}].secretName`);
  }
}

/** A Service that an Ingress forwards to. */
interface IngressBackend {
  readonly name: string;
  readonly port: unknown;
  /** Of the backend's `service`. */
  readonly path: string;
}

export function ingressBackends({ object }: Manifest): readonly IngressBackend[] {
  const spec = at(object, "spec");
  const backends = objectsIn(at(spec, "rules")).flatMap((rule, ruleAt) =>
    objectsIn(at(rule, "http", "paths")).map((entry, pathAt) => ({
      service: at(entry, "backend", "service"),
      path: `spec.rules[${ruleAt}].http.paths[${pathAt}].backend.service`,
    })),
  );
  const fallback = { service: at(spec, "defaultBackend", "service"), path: "spec.defaultBackend.service" };
  return [...backends, fallback].flatMap(({ service, path }) => {
    const name = stringAt(service, "name");
    const port = at(service, "port", "name") ?? at(service, "port", "number");
    return name === undefined ? [] : [{ name, port, path }];
  });
}

function* bindingReferences(user: Manifest): Generator<NamedReference> {
  const name = stringAt(user.object, "roleRef", "name") ?? "";
  const role = { user, group: RBAC, name, path: "roleRef.name", optional: false };
  if (stringAt(user.object, "roleRef", "kind") === "Role") {
    yield { ...role, kind: "Role", namespace: namespaceOf(user) };
  } else {
    yield { ...role, kind: "ClusterRole", namespace: undefined };
  }
  for (const [position, subject] of objectsIn(user.object.subjects).entries()) {
    if (subject.kind !== "ServiceAccount") continue;
    yield {
      user,
      group: "",
      kind: "ServiceAccount",
      namespace: stringAt(subject, "namespace") ?? namespaceOf(user),
      name: stringAt(subject, "name") ?? "",
      path: `subjects[${position}].name`,
      optional: false,
    };
  }
}

function* callReferences(user: Manifest): Generator<NamedReference> {
  for (const { namespace, name, path } of calledServices(user)) {
    yield { user, group: "", kind: "Service", namespace, name, path: `${path}.name`, optional: false };
  }
}

function serviceReference(user: Manifest, name: string, path: string): NamedReference {
  return { user, group: "", kind: "Service", namespace: namespaceOf(user), name, path, optional: false };
}

function secretReference(user: Manifest, name: string, path: string): NamedReference {
  const optional = path.startsWith("imagePullSecrets");
  return { user, group: "", kind: "Secret", namespace: namespaceOf(user), name, path, optional };
}

function clusterReference(
  user: Manifest,
  group: string,
  kind: string,
  name: string,
  path: string,
): NamedReference {
  return { user, group, kind, namespace: undefined, name, path, optional: false };
}
