import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { isClusterScoped } from "../../manifest/scope.ts";
import { FOUNDATION } from "../../order/applications.ts";
import type { Problem } from "../rule.ts";
import { isPattern, kindName, kindsIn, namespacedRefusal } from "./listed-kinds.ts";
import { type Layer, type ProjectCode, projectOpen } from "./project-codes.ts";

const BUDGETS = ["ResourceQuota", "LimitRange"];

/** The cluster-scoped kinds that a project admits against those that its components render. */
export function* checkClusterKinds(
  { name, project, objects }: Layer,
  index: ManifestIndex,
): Generator<Problem<ProjectCode>> {
  const used = new Map<string, Manifest>();
  for (const manifest of objects) {
    if (isClusterScoped(manifest.group, manifest.kind, index) !== true) continue;
    const kind = kindName(manifest.group, manifest.kind);
    if (!used.has(kind)) used.set(kind, manifest);
  }
  const listed = kindsIn(project, "clusterResourceWhitelist");
  const refused = new Set(kindsIn(project, "clusterResourceBlacklist").map(({ kind }) => kind));
  for (const { kind, path } of listed) {
    if (isPattern(kind)) yield projectOpen(project, path, kind);
    else if (!used.has(kind)) {
      yield {
        code: "kind-unneeded",
        manifest: project,
        path,
        message: `admits ${kind}, which no component of layer ${name} renders`,
        actual: kind,
        fix: "Remove it, or list it for the component that needs it.",
      };
    }
  }
  const admitsAll = listed.some(({ kind }) => isPattern(kind));
  for (const [kind, first] of used) {
    if (!refused.has(kind) && (admitsAll || listed.some((entry) => entry.kind === kind))) continue;
    yield {
      code: "kind-refused",
      manifest: first,
      message: `is refused by project ${name}, which does not admit ${kind} outside of namespaces`,
      actual: kind,
      limit: listed.map((entry) => entry.kind).join(", ") || "none",
      fix: "List the kind for its component in argocd.clusterResources.",
    };
  }
}

/** The namespaced kinds that a project refuses: budgets, but none that its components render. */
export function* checkNamespacedKinds(
  { name, project, objects }: Layer,
  index: ManifestIndex,
): Generator<Problem<ProjectCode>> {
  const isRefused = namespacedRefusal(project);
  if (name !== FOUNDATION) {
    const open = BUDGETS.filter((kind) => !isRefused("", kind));
    if (open.length > 0) {
      yield {
        code: "budget-open",
        manifest: project,
        path: "spec.namespaceResourceBlacklist",
        message: `admits ${open.join(" and ")}: the layer can widen its own budget`,
        actual: open.join(", "),
        fix: "List both kinds in namespaceResourceBlacklist; foundation alone renders budgets.",
      };
    }
  }
  const seen = new Set<string>();
  for (const manifest of objects) {
    const { group, kind } = manifest;
    const which = kindName(group, kind);
    if (seen.has(which) || isClusterScoped(group, kind, index) === true) continue;
    seen.add(which);
    if (!isRefused(group, kind)) continue;
    yield {
      code: "kind-refused",
      manifest,
      message: `is refused by project ${name}, which does not admit ${kind}`,
      actual: which,
      fix: BUDGETS.includes(kind)
        ? "Render budgets with foundation, from the plan."
        : "Admit the kind in the project.",
    };
  }
}
