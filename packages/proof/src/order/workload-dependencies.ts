import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { objectsIn, stringAt } from "../manifest/values.ts";
import type { Workload } from "../manifest/workload.ts";
import type { Dependency } from "./dependency.ts";
import { type PodReferenceKind, podReferences } from "./pod-references.ts";

interface ReferenceTarget {
  readonly group: string;
  readonly namespaced: boolean;
  readonly consequence: string;
}

const TARGETS: Readonly<Record<PodReferenceKind, ReferenceTarget>> = {
  ConfigMap: { group: "", namespaced: true, consequence: "its pods wait for it and are not ready" },
  Secret: { group: "", namespaced: true, consequence: "its pods wait for it and are not ready" },
  PersistentVolumeClaim: { group: "", namespaced: true, consequence: "its pods stay Pending" },
  ServiceAccount: { group: "", namespaced: true, consequence: "its pods are refused" },
  PriorityClass: { group: "scheduling.k8s.io", namespaced: false, consequence: "its pods are refused" },
  RuntimeClass: { group: "node.k8s.io", namespaced: false, consequence: "its pods are refused" },
  StorageClass: { group: "storage.k8s.io", namespaced: false, consequence: "its claims are not provisioned" },
};

/** What workloads need before them: what their pods name, their permissions, their namespace's quotas. */
export function* workloadDependencies(
  index: ManifestIndex,
  workloads: readonly Workload[],
): Generator<Dependency> {
  const limits = byNamespace([...index.filter({ group: "", kind: "ResourceQuota" }), ...limitRanges(index)]);
  const bindings = bindingsByAccount(index);
  for (const workload of workloads) {
    const { manifest: user } = workload;
    const account = yield* namedObjects(index, workload);
    for (const used of bindings.get(`${user.namespace}/${account}`) ?? [])
      yield {
        user,
        used,
        path: `${workload.podSpecPath}.serviceAccountName`,
        needs: "exists",
        consequence: "its pods start without the permissions that it grants",
      };
    for (const used of limits.get(user.namespace ?? "") ?? [])
      yield {
        user,
        used,
        path: undefined,
        needs: "exists",
        consequence: "its first pods are admitted without that limit",
      };
  }
}

/** Yields what the pods name and the rendering holds; returns the name of their ServiceAccount. */
function* namedObjects(index: ManifestIndex, workload: Workload): Generator<Dependency, string> {
  const { manifest: user } = workload;
  let account = "default";
  const seen = new Set<Manifest>();
  for (const { kind, name, path, optional } of podReferences(workload)) {
    if (kind === "ServiceAccount") account = name;
    if (optional) continue;
    const { group, namespaced, consequence } = TARGETS[kind];
    const used = index.find(group, kind, namespaced ? user.namespace : undefined, name);
    if (used === undefined || seen.has(used)) continue;
    seen.add(used);
    yield { user, used, path, needs: "exists", consequence };
  }
  return account;
}

function limitRanges(index: ManifestIndex): readonly Manifest[] {
  return index.filter({ group: "", kind: "LimitRange" });
}

function byNamespace(manifests: readonly Manifest[]): ReadonlyMap<string, readonly Manifest[]> {
  const grouped = new Map<string, Manifest[]>();
  for (const manifest of manifests) append(grouped, manifest.namespace ?? "", manifest);
  return grouped;
}

/** Bindings by `namespace/name` of each ServiceAccount that they grant something to. */
function bindingsByAccount(index: ManifestIndex): ReadonlyMap<string, readonly Manifest[]> {
  const grouped = new Map<string, Manifest[]>();
  for (const kind of ["RoleBinding", "ClusterRoleBinding"])
    for (const binding of index.filter({ group: "rbac.authorization.k8s.io", kind }))
      for (const subject of objectsIn(binding.object.subjects))
        if (subject.kind === "ServiceAccount") {
          const namespace = stringAt(subject, "namespace") ?? binding.namespace;
          append(grouped, `${namespace}/${stringAt(subject, "name")}`, binding);
        }
  return grouped;
}

function append(grouped: Map<string, Manifest[]>, key: string, manifest: Manifest): void {
  const group = grouped.get(key);
  if (group === undefined) grouped.set(key, [manifest]);
  else group.push(manifest);
}
