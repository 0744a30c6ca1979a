import { nearest } from "../../../nearest.ts";
import type { ResourceCatalogue } from "../../../rbac/resource-catalogue.ts";
import type { RoleRule } from "../../../rbac/role-rule.ts";

/** A part of a rule that gives nothing. */
export interface VoidRight {
  readonly code: "unknown-resource" | "unknown-verb" | "grants-nothing";
  readonly path: string;
  readonly why: string;
  readonly actual: string;
  readonly fix: string;
}

const VERBS: ReadonlySet<string> = new Set([
  ...["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
  ...["use", "bind", "escalate", "impersonate", "approve", "sign", "attest"],
]);

/** Below any resource of Kubernetes 1.36.3, its kubelet (`nodes/…`) and the check of owner references. */
const SUBRESOURCES: ReadonlySet<string> = new Set([
  ...["status", "scale", "finalizers", "finalize", "approval", "token", "binding", "driver", "podgroups"],
  ...["log", "exec", "attach", "portforward", "proxy", "eviction", "ephemeralcontainers", "resize"],
  ...["metrics", "stats", "spec", "configz", "healthz", "pods", "checkpoint"],
]);

/** Gone since Kubernetes 1.22; charts list it beside the groups that took over. */
const DISSOLVED = "extensions";

/**
 * Misspelt groups, resources and verbs. Groups of custom resources are only judged by the rendered definitions,
 * and only where `definitionsAreComplete`: a foreign stream may be half of an installation.
 */
export function* misspelt(
  { groups, resources, verbs, urls, path }: RoleRule,
  catalogue: ResourceCatalogue,
  definitionsAreComplete: boolean,
): Generator<VoidRight> {
  if (urls.length > 0) return;
  for (const [position, group] of groups.entries()) {
    // A custom group has a dot, or its definition would be refused.
    if (group === "*" || group === DISSOLVED || group.includes(".") || catalogue.isBuiltIn(group)) continue;
    const meant = nearest(group, catalogue.groups);
    yield {
      code: "unknown-resource",
      path: `${path}.apiGroups[${position}]`,
      why: `there is no API group ${group}`,
      actual: group,
      fix: meant === undefined ? 'Write the group; the core group is "".' : `Write ${meant}.`,
    };
  }
  const isJudged = groups.every(
    (group) =>
      group === DISSOLVED ||
      catalogue.isBuiltIn(group) ||
      (definitionsAreComplete && catalogue.isDefined(group)),
  );
  if (!isJudged || groups.length === 0) return;
  for (const [position, resource] of resources.entries()) {
    const why = unknownReason(resource, groups, catalogue);
    if (why === undefined) continue;
    yield { code: "unknown-resource", path: `${path}.resources[${position}]`, actual: resource, ...why };
  }
  if (!groups.every((group) => catalogue.isBuiltIn(group))) return;
  for (const [position, verb] of verbs.entries()) {
    if (verb === "*" || verb.includes(":") || VERBS.has(verb)) continue;
    const meant = nearest(verb, VERBS);
    yield {
      code: "unknown-verb",
      path: `${path}.verbs[${position}]`,
      why: `nobody asks for the verb ${verb}`,
      actual: verb,
      fix: meant === undefined ? "Remove it." : `Write ${meant}.`,
    };
  }
}

function unknownReason(
  resource: string,
  groups: readonly string[],
  catalogue: ResourceCatalogue,
): Pick<VoidRight, "why" | "fix"> | undefined {
  const [name = "", subresource, ...more] = resource.split("/");
  const where = groups.map((group) => (group === "" ? "the core group" : group)).join(", ");
  if (name !== "*" && groups.every((group) => catalogue.isNamespaced(group, name) === undefined)) {
    const meant = nearest(
      name,
      groups.flatMap((group) => catalogue.namesIn(group)),
    );
    const others = catalogue.groupsWith(name);
    const fix =
      others.length > 0
        ? `Write the group ${others.map((group) => group || '""').join(" or ")}.`
        : meant === undefined
          ? "Remove it, or write the resource in the plural."
          : `Write ${meant}.`;
    return { why: `${where} has no resource ${name}`, fix };
  }
  if (
    subresource === undefined ||
    subresource === "*" ||
    !groups.every((group) => catalogue.isBuiltIn(group))
  )
    return undefined;
  // Extra fields of a user are named by the caller.
  if (name === "userextras" || (more.length === 0 && SUBRESOURCES.has(subresource))) return undefined;
  const meant = nearest(subresource, SUBRESOURCES);
  return {
    why: `${name} has no subresource ${[subresource, ...more].join("/")}`,
    fix: meant === undefined ? "Remove it." : `Write ${name}/${meant}.`,
  };
}

/**
 * Rights that are written right and never given: `create` by name, and what is in no namespace, given in one.
 * Server-side apply asks for `create` with the name, so `create` beside `patch` is left alone.
 * @see k8s.io/apiserver v0.36.3 pkg/endpoints/handlers/create.go, patch.go
 */
export function* ineffective(
  { groups, resources, verbs, names, urls, path }: RoleRule,
  catalogue: ResourceCatalogue,
  isBoundInNamespacesOnly: boolean,
): Generator<VoidRight> {
  const byName = verbs.indexOf("create");
  if (
    names.length > 0 &&
    byName !== -1 &&
    !verbs.some((verb) => ["patch", "update", "*"].includes(verb)) &&
    resources.some((resource) => !resource.includes("/"))
  ) {
    yield {
      code: "grants-nothing",
      path: `${path}.verbs[${byName}]`,
      why: "create is never granted by name: the API server does not know it yet when it decides",
      actual: "create",
      fix: "Put create into a rule without resourceNames.",
    };
  }
  if (!isBoundInNamespacesOnly) return;
  for (const [position, resource] of resources.entries()) {
    const name = resource.split("/")[0] ?? "";
    // A request for one namespace counts as one inside it.
    if (name === "namespaces" || groups.length === 0) continue;
    if (!groups.every((group) => catalogue.isNamespaced(group, name) === false)) continue;
    yield {
      code: "grants-nothing",
      path: `${path}.resources[${position}]`,
      why: `${name} are in no namespace, so a RoleBinding cannot grant them`,
      actual: resource,
      fix: "Move the rule into a ClusterRole of its own, and bind it with a ClusterRoleBinding.",
    };
  }
  for (const [position, url] of urls.entries()) {
    yield {
      code: "grants-nothing",
      path: `${path}.nonResourceURLs[${position}]`,
      why: `${url} is in no namespace, so a RoleBinding cannot grant it`,
      actual: url,
      fix: "Move the rule into a ClusterRole of its own, and bind it with a ClusterRoleBinding.",
    };
  }
}
