import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import { at, type JsonObject, objectsIn, stringAt, stringsIn } from "../../../manifest/values.ts";
import { type AdmissionProblem, conflicting, invalid, missing } from "./admission-problem.ts";

const RBAC_GROUP = "rbac.authorization.k8s.io";

/** RoleBinding and ClusterRoleBinding as rbac/validation sees them (1.36.3). */
export function* checkBinding({ object, kind }: Manifest): Generator<AdmissionProblem> {
  const group = at(object, "roleRef", "apiGroup");
  if (typeof group === "string" && group !== "" && group !== RBAC_GROUP) {
    yield invalid("roleRef.apiGroup", group, RBAC_GROUP);
  }
  const roleKind = stringAt(object, "roleRef", "kind");
  const kinds = kind === "RoleBinding" ? ["Role", "ClusterRole"] : ["ClusterRole"];
  if (roleKind !== undefined && !kinds.includes(roleKind)) {
    yield invalid("roleRef.kind", roleKind, `${kinds.join(" or ")}, all that a ${kind} can bind`);
  }
  for (const [position, subject] of objectsIn(at(object, "subjects")).entries()) {
    yield* checkSubject(subject, `subjects[${position}]`, kind);
  }
}

function* checkSubject(subject: JsonObject, path: string, binding: string): Generator<AdmissionProblem> {
  const group = stringAt(subject, "apiGroup") ?? "";
  if (subject.kind === "ServiceAccount") {
    if (group !== "") yield invalid(`${path}.apiGroup`, group, "the core group", "Remove apiGroup.");
    if (binding === "ClusterRoleBinding" && (stringAt(subject, "namespace") ?? "") === "") {
      yield missing(`${path}.namespace`, "a ServiceAccount stands in a namespace", "Name the namespace.");
    }
  } else if (subject.kind === "User" || subject.kind === "Group") {
    if (group !== "" && group !== RBAC_GROUP) yield invalid(`${path}.apiGroup`, group, RBAC_GROUP);
  } else if (typeof subject.kind === "string") {
    yield invalid(`${path}.kind`, subject.kind, "ServiceAccount, User or Group");
  }
}

/** The rules of a Role or ClusterRole. */
export function* checkRole({ object, kind }: Manifest): Generator<AdmissionProblem> {
  for (const [position, rule] of objectsIn(object.rules).entries()) {
    const path = `rules[${position}]`;
    if (Array.isArray(rule.verbs) && rule.verbs.length === 0) {
      yield missing(`${path}.verbs`, "a rule allows at least one verb", "List the verbs.");
    }
    const hasResources = ["apiGroups", "resources"].filter((field) => stringsIn(rule[field]).length > 0);
    if (stringsIn(rule.nonResourceURLs).length > 0) {
      if (kind === "Role") {
        const message = "cannot be allowed by a Role: they belong to no namespace";
        yield conflicting(`${path}.nonResourceURLs`, message, "Use a ClusterRole.");
      }
      if (hasResources.length > 0) {
        yield conflicting(path, "has nonResourceURLs beside resources", "Split it into two rules.");
      }
      continue;
    }
    for (const field of ["apiGroups", "resources"]) {
      if (hasResources.includes(field)) continue;
      const fix = field === "apiGroups" ? 'List the groups; the core group is "".' : "List the resources.";
      yield missing(`${path}.${field}`, "a rule names groups and resources", fix);
    }
  }
}
