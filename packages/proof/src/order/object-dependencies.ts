import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectsIn, stringAt } from "../manifest/values.ts";
import { definedKind } from "./argocd-order.ts";
import type { Dependency } from "./dependency.ts";

const RBAC = "rbac.authorization.k8s.io";
const ADMISSION = "admissionregistration.k8s.io";

/** What objects other than workloads need before them, and what every object needs: namespace and CRD. */
export function* objectDependencies(index: ManifestIndex): Generator<Dependency> {
  const definitions = definitionsByKind(index);
  for (const user of index.all) {
    const namespace = user.namespace && index.find("", "Namespace", undefined, user.namespace);
    if (namespace) yield edge(user, namespace, "metadata.namespace", "the API server refuses it");
    const definition = definitions.get(`${user.group}/${user.kind}`);
    if (definition !== undefined)
      yield edge(user, definition, "kind", "the API server does not know its kind");
    yield* namedObjects(user, index);
  }
}

/** CRDs by the `group/Kind` that they define. */
export function definitionsByKind(index: ManifestIndex): ReadonlyMap<string, Manifest> {
  const definitions = new Map<string, Manifest>();
  for (const manifest of index.filter({ kind: "CustomResourceDefinition" })) {
    const kind = definedKind(manifest);
    if (kind !== undefined) definitions.set(kind, manifest);
  }
  return definitions;
}

function* namedObjects(user: Manifest, index: ManifestIndex): Generator<Dependency> {
  const { object, namespace } = user;
  const find = (group: string, kind: string, inNamespace: string | undefined, path: readonly string[]) => {
    const name = stringAt(object, ...path);
    return name === undefined ? undefined : index.find(group, kind, inNamespace, name);
  };
  switch (`${user.group}/${user.kind}`) {
    case `${RBAC}/RoleBinding`:
    case `${RBAC}/ClusterRoleBinding`: {
      const kind = stringAt(object, "roleRef", "kind") ?? "";
      const used = find(RBAC, kind, kind === "Role" ? namespace : undefined, ["roleRef", "name"]);
      if (used)
        yield edge(user, used, "roleRef.name", "it grants nothing, and only an administrator may create it");
      return;
    }
    case "/PersistentVolumeClaim": {
      const storageClass = find("storage.k8s.io", "StorageClass", undefined, ["spec", "storageClassName"]);
      if (storageClass)
        yield edge(user, storageClass, "spec.storageClassName", "nobody provisions its volume");
      const volume = find("", "PersistentVolume", undefined, ["spec", "volumeName"]);
      if (volume) yield edge(user, volume, "spec.volumeName", "it stays Pending");
      return;
    }
    case "networking.k8s.io/Ingress": {
      const used = find("networking.k8s.io", "IngressClass", undefined, ["spec", "ingressClassName"]);
      if (used) yield edge(user, used, "spec.ingressClassName", "no controller serves it");
      return;
    }
    case "apiregistration.k8s.io/APIService": {
      const used = find("", "Service", stringAt(object, "spec", "service", "namespace"), [
        "spec",
        "service",
        "name",
      ]);
      if (used) yield edge(user, used, "spec.service.name", "its API group answers nothing");
      return;
    }
    case "argoproj.io/Application": {
      const used = find("argoproj.io", "AppProject", namespace, ["spec", "project"]);
      if (used) yield edge(user, used, "spec.project", "Argo CD refuses to sync it");
      return;
    }
    case "argoproj.io/ApplicationSet": {
      const used = find("argoproj.io", "AppProject", namespace, ["spec", "template", "spec", "project"]);
      if (used)
        yield edge(user, used, "spec.template.spec.project", "Argo CD refuses to sync its Applications");
      return;
    }
    case `${ADMISSION}/ValidatingWebhookConfiguration`:
    case `${ADMISSION}/MutatingWebhookConfiguration`:
      yield* webhookServices(user, index);
  }
}

function* webhookServices(user: Manifest, index: ManifestIndex): Generator<Dependency> {
  for (const [number, webhook] of objectsIn(user.object.webhooks).entries()) {
    const service = at(webhook, "clientConfig", "service");
    const name = stringAt(service, "name");
    const used =
      name === undefined ? undefined : index.find("", "Service", stringAt(service, "namespace"), name);
    const path = `webhooks[${number}].clientConfig.service.name`;
    if (used) yield edge(user, used, path, "every call that it intercepts fails");
  }
}

function edge(user: Manifest, used: Manifest, path: string, consequence: string): Dependency {
  return { user, used, path, needs: "exists", consequence };
}
