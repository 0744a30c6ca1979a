import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { at, isObject } from "../../manifest/values.ts";
import { bindingsOf, RBAC } from "../../rbac/bindings.ts";
import { ResourceCatalogue } from "../../rbac/resource-catalogue.ts";
import { type RoleRule, rulesOf } from "../../rbac/role-rule.ts";
import { defineRule, type Problem } from "../rule.ts";
import { bindingProblems } from "./rights/binding-problems.ts";
import { powersOf } from "./rights/powers.ts";
import { ineffective, misspelt } from "./rights/void-rights.ts";

const codes = {
  wildcard: "A rule names everything instead of what is used.",
  escalates: "A rule leads to rights that nobody wrote down.",
  "cluster-wide-secrets": "A rule reaches the Secrets of every namespace.",
  "cluster-wide-workloads": "A rule runs pods, or commands in them, in every namespace.",
  "wider-than-named": "A rule for one named object holds in every namespace.",
  "unknown-resource": "No API has the group, resource or subresource.",
  "unknown-verb": "The API server never asks for the verb.",
  "grants-nothing": "A rule that is never used as it is written or bound.",
  "powerful-role": "A binding gives a role of administrators.",
  "shared-subject": "A binding names everybody, or the account of pods that name none.",
  "foreign-subject": "A binding gives rights to another component's account.",
  "bound-to-nobody": "A role that no binding names, or a binding that names nobody.",
} as const;

type Code = keyof typeof codes;

/** Programs may do what they do, and no more. */
export const leastRbac = defineRule({
  id: "least-rbac",
  group: "security",
  severity: "error",
  title: "Programs have the rights that they use",
  explanation: {
    protects:
      "The cluster against a program that is taken over: whoever runs code in it has its account's rights.",
    incident:
      "An operator could create pods in every namespace. A hole in its web interface was enough to start one with a database's account, and to read its password from there.",
    fix: "List verbs, resources and groups; grant in the namespace where the work is; name the objects where names are known. What must stay wide is an exception with its reason.",
    source:
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/; kubernetes v1.36.3 plugin/pkg/auth/authorizer/rbac",
  },
  codes,
  *check({ index, plan }) {
    const bindings = bindingsOf(index);
    const catalogue = new ResourceCatalogue(index);
    for (const kind of ["Role", "ClusterRole"]) {
      for (const role of index.filter({ group: RBAC, kind })) {
        const held = bindings.ofRole(role);
        const isClusterWide = held.some(({ namespace }) => namespace === undefined);
        const isBoundInNamespacesOnly = held.length > 0 && !isClusterWide;
        for (const rule of rulesOf(role)) {
          yield* wildcards(role, rule);
          yield* powers(role, rule, isClusterWide);
          if (isClusterWide) yield* widerThanNamed(role, rule, catalogue);
          const isNamespaced = kind === "Role" || isBoundInNamespacesOnly;
          for (const found of [
            ...misspelt(rule, catalogue, plan !== undefined),
            // A Role with URLs is refused: valid-object says so.
            ...ineffective(kind === "Role" ? { ...rule, urls: [] } : rule, catalogue, isNamespaced),
          ]) {
            const { why, ...rest } = found;
            yield { ...rest, manifest: role, message: `${found.path}: ${why}` };
          }
        }
        if (held.length > 0 || isGathered(role)) continue;
        if (plan === undefined)
          yield { unchecked: "who holds the role: no binding is rendered", manifest: role };
        else yield boundToNobody(role);
      }
    }
    for (const { manifest } of bindings.all) yield* bindingProblems(manifest, index);
  },
});

function* wildcards(role: Manifest, rule: RoleRule): Generator<Problem<Code>> {
  for (const [field, items, others] of [
    ["apiGroups", rule.groups, "the groups"],
    ["resources", rule.resources, "the resources"],
    ["verbs", rule.verbs, "the verbs"],
    ["nonResourceURLs", rule.urls, "the paths"],
  ] as const) {
    const position = items.findIndex((item) => item === "*" || item === "*/*");
    if (position === -1) continue;
    yield {
      code: "wildcard",
      manifest: role,
      path: `${rule.path}.${field}[${position}]`,
      message: `${rule.path} allows every one of ${field}${whatOf(rule, field)}, also those that a later version adds`,
      actual: "*",
      fix: `List ${others} that the program uses.`,
    };
  }
}

function whatOf({ groups, resources, urls }: RoleRule, field: string): string {
  if (field === "verbs") return ` on ${[...resources, ...urls].join(", ")}`;
  return field === "resources" ? ` of ${groups.map((group) => group || "the core group").join(", ")}` : "";
}

function* powers(role: Manifest, rule: RoleRule, isClusterWide: boolean): Generator<Problem<Code>> {
  for (const { power, resources, verbs } of powersOf(rule, isClusterWide)) {
    yield {
      code: power.code,
      manifest: role,
      path: rule.path,
      message: `whoever holds it ${power.why}: ${verbs.join(", ")} on ${resources.join(", ")}`,
      actual: `${verbs.join(", ")} on ${resources.join(", ")}`,
      fix: power.fix,
    };
  }
}

/** A name is that of one object, so it is known which namespace it is in. */
function* widerThanNamed(
  role: Manifest,
  { names, groups, resources, path }: RoleRule,
  catalogue: ResourceCatalogue,
): Generator<Problem<Code>> {
  if (names.length === 0 || groups.length === 0 || resources.length === 0) return;
  const isNamespaced = (resource: string): boolean =>
    groups.every((group) => catalogue.isNamespaced(group, resource.split("/")[0] ?? "") === true);
  if (!resources.every(isNamespaced)) return;
  yield {
    code: "wider-than-named",
    manifest: role,
    path,
    message: `${path} names ${names.join(", ")}, and is bound in every namespace: an object of that name anywhere is meant`,
    actual: "every namespace",
    fix: "Move the rule into a Role in the namespace of that object.",
  };
}

/** Gathered into another role by its label, which the cluster's own roles do too. */
function isGathered({ object }: Manifest): boolean {
  const labels = at(object, "metadata", "labels");
  return isObject(labels) && Object.keys(labels).some((label) => label.includes("/aggregate-to-"));
}

function boundToNobody(role: Manifest): Problem<Code> {
  return {
    code: "bound-to-nobody",
    manifest: role,
    message: "no binding names the role, so it waits for whoever binds it",
    fix: "Bind it to the ServiceAccount that needs it, or remove it.",
  };
}
