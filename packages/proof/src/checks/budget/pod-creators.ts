import { namespaceOf } from "../../accounting/account.ts";
import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt, stringsIn } from "../../manifest/values.ts";
import type { PodSpec, Workload } from "../../manifest/workload.ts";

/** Resources whose creation makes pods, by API group. */
const POD_MAKERS: Readonly<Record<string, readonly string[]>> = {
  "": ["pods", "replicationcontrollers"],
  apps: ["deployments", "daemonsets", "statefulsets", "replicasets"],
  batch: ["jobs", "cronjobs"],
};
/** Kubernetes' own ClusterRoles that allow it; no rendering holds them. */
const BUILT_IN: ReadonlySet<string> = new Set(["cluster-admin", "admin", "edit"]);
const RBAC = "rbac.authorization.k8s.io";

/** A workload whose ServiceAccount may create pods. */
interface PodCreator {
  readonly workload: Workload;
  /** The binding that allows it. */
  readonly binding: Manifest;
  /** What it may create: `pods`, `apps/deployments`, `everything`. */
  readonly allowed: readonly string[];
}

/** Workloads that the rendered roles let create pods, each with the first binding that does. */
export function podCreators(index: ManifestIndex, workloads: readonly Workload[]): readonly PodCreator[] {
  const granted = new Map<string, { binding: Manifest; allowed: readonly string[] }>();
  for (const kind of ["RoleBinding", "ClusterRoleBinding"]) {
    for (const binding of index.filter({ group: RBAC, kind })) {
      const allowed = allowedBy(binding, index);
      if (allowed.length === 0) continue;
      for (const subject of objectsIn(binding.object.subjects)) {
        const key = subjectKey(subject, binding);
        if (key !== undefined && !granted.has(key)) granted.set(key, { binding, allowed });
      }
    }
  }
  if (granted.size === 0) return [];
  return workloads.flatMap((workload) => {
    if (!holdsToken(workload.podSpec)) return [];
    const namespace = namespaceOf(workload.manifest);
    const account =
      stringAt(workload.podSpec, "serviceAccountName") ??
      stringAt(workload.podSpec, "serviceAccount") ??
      "default";
    const found = [`${namespace}/${account}`, `${namespace}/*`, "*"]
      .map((key) => granted.get(key))
      .find(Boolean);
    return found === undefined ? [] : [{ workload, ...found }];
  });
}

/** Whether the pod gets a token at all, by default or by a projected volume. */
function holdsToken({ automountServiceAccountToken, volumes }: PodSpec): boolean {
  if (automountServiceAccountToken !== false) return true;
  return objectsIn(volumes).some((volume) =>
    objectsIn(at(volume, "projected", "sources")).some(
      (source) => at(source, "serviceAccountToken") !== undefined,
    ),
  );
}

function allowedBy(binding: Manifest, index: ManifestIndex): readonly string[] {
  const kind = stringAt(binding.object, "roleRef", "kind") ?? "";
  const name = stringAt(binding.object, "roleRef", "name") ?? "";
  const role = index.find(RBAC, kind, kind === "Role" ? binding.namespace : undefined, name);
  if (role === undefined) return kind === "ClusterRole" && BUILT_IN.has(name) ? [`everything (${name})`] : [];
  return objectsIn(role.object.rules).flatMap((rule) => {
    const verbs = stringsIn(rule.verbs);
    if (!verbs.includes("create") && !verbs.includes("*")) return [];
    const groups = stringsIn(rule.apiGroups);
    const resources = stringsIn(rule.resources);
    return Object.entries(POD_MAKERS)
      .filter(([group]) => groups.includes(group) || groups.includes("*"))
      .flatMap(([group, makers]) =>
        makers
          .filter((maker) => resources.includes(maker) || resources.includes("*"))
          .map((maker) => (group === "" ? maker : `${group}/${maker}`)),
      );
  });
}

/** `namespace/account`, `namespace/*` for all accounts of a namespace, `*` for all. */
function subjectKey(subject: unknown, binding: Manifest): string | undefined {
  const kind = at(subject, "kind");
  const name = stringAt(subject, "name") ?? "";
  if (kind === "ServiceAccount") return `${stringAt(subject, "namespace") ?? namespaceOf(binding)}/${name}`;
  if (kind !== "Group") return undefined;
  if (name === "system:serviceaccounts" || name === "system:authenticated") return "*";
  const namespace = /^system:serviceaccounts:(.+)$/.exec(name)?.[1];
  return namespace === undefined ? undefined : `${namespace}/*`;
}
