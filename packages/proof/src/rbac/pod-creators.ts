import { type Manifest, namespaceOf } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, type JsonObject, objectAt, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import type { PodSpec, Workload } from "../manifest/workload.ts";
import { labelsOf, matchesLabels } from "../network/label-selector.ts";
import { accountOf, RBAC } from "./bindings.ts";

/** Resources whose creation makes pods, by API group. */
const POD_MAKERS: Readonly<Record<string, readonly string[]>> = {
  "": ["pods", "replicationcontrollers"],
  apps: ["deployments", "daemonsets", "statefulsets", "replicasets"],
  batch: ["jobs", "cronjobs"],
};
/** Whose `scale` subresource makes more pods of the same kind. */
const SCALED: ReadonlySet<string> = new Set([
  "replicationcontrollers",
  "deployments",
  "statefulsets",
  "replicasets",
]);
/** Kubernetes' own ClusterRoles that allow it; no rendering holds them. */
const BUILT_IN: ReadonlySet<string> = new Set(["cluster-admin", "admin", "edit", "system:aggregate-to-edit"]);
/** The label by which Kubernetes' own role `system:aggregate-to-edit` joins an aggregated one. */
const BUILT_IN_LABELS = { "rbac.authorization.k8s.io/aggregate-to-edit": "true" };

/** The key of all accounts: those that log in are among them. */
const EVERY_ACCOUNT = "*/*";

/** A workload whose ServiceAccount may create pods or make controllers create more. */
interface PodCreator {
  readonly workload: Workload;
  /** The binding that allows it. */
  readonly binding: Manifest;
  /** What it may do: `create pods`, `patch apps/deployments/scale`, `create everything (edit)`. */
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
    const found = [`${namespace}/${account}`, `${namespace}/*`, EVERY_ACCOUNT]
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
  if (role === undefined) {
    return kind === "ClusterRole" && BUILT_IN.has(name) ? [`create everything (${name})`] : [];
  }
  return [...new Set(allowedByRole(role, index, new Set()))];
}

/**
 * The controller manager overwrites the rules of an aggregated role with those of the roles that it selects.
 * @see k8s.io/kubernetes v1.36.3 pkg/controller/clusterroleaggregation
 */
function allowedByRole(role: Manifest, index: ManifestIndex, seen: Set<Manifest>): readonly string[] {
  if (seen.has(role)) return [];
  seen.add(role);
  const aggregation = role.kind === "ClusterRole" ? objectAt(role.object, "aggregationRule") : undefined;
  if (aggregation === undefined) return objectsIn(role.object.rules).flatMap(allowedByRule);
  const selectors = objectsIn(aggregation.clusterRoleSelectors);
  return [
    ...(selectors.some((selector) => matchesLabels(selector, BUILT_IN_LABELS))
      ? ["create everything (edit)"]
      : []),
    ...index
      .filter({ group: RBAC, kind: "ClusterRole" })
      .filter(({ object }) =>
        selectors.some((selector) => matchesLabels(selector, labelsOf(object.metadata))),
      )
      .flatMap((selected) => allowedByRole(selected, index, seen)),
  ];
}

function allowedByRule(rule: JsonObject): readonly string[] {
  const [verbs, groups, resources] = [rule.verbs, rule.apiGroups, rule.resources].map(stringsIn) as [
    readonly string[],
    readonly string[],
    readonly string[],
  ];
  const has = (list: readonly string[], ...names: string[]): string | undefined =>
    names.find((name) => list.includes(name) || list.includes("*"));
  const create = has(verbs, "create");
  const change = has(verbs, "patch", "update");
  return Object.entries(POD_MAKERS)
    .filter(([group]) => has(groups, group) !== undefined)
    .flatMap(([group, makers]) =>
      makers.flatMap((maker) => {
        const named = group === "" ? maker : `${group}/${maker}`;
        const whole = has(resources, maker) !== undefined;
        if (whole && create !== undefined) return [`create ${named}`];
        // A change to a pod makes no second one; a change to its controller may.
        if (change === undefined || maker === "pods") return [];
        if (whole) return [`${change} ${named}`];
        const scales = has(resources, `${maker}/scale`, "*/scale") !== undefined;
        return SCALED.has(maker) && scales ? [`${change} ${named}/scale`] : [];
      }),
    );
}

/** `namespace/account`, `namespace/*` for all accounts of a namespace, and every account of the cluster. */
function subjectKey(subject: JsonObject, binding: Manifest): string | undefined {
  if (subject.kind === "Group" && subject.name === "system:authenticated") return EVERY_ACCOUNT;
  const account = accountOf(subject, binding.namespace);
  return account && `${account.namespace}/${account.name}`;
}
