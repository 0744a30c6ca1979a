import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { isClusterScoped } from "../../manifest/scope.ts";
import { at, objectsIn, stringAt, stringsIn } from "../../manifest/values.ts";
import { FOUNDATION } from "../../order/applications.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";
import { ARGOPROJ, type ComponentSet, objectsByComponent, readSets } from "./application-sets.ts";

const codes = {
  "project-missing": "Applications name a project that is not rendered, or Argo CD's own, which allows all.",
  "project-open": "A project allows by a pattern what nobody listed.",
  "repository-refused": "A project does not admit the repository of its Applications.",
  "repository-unneeded": "A project admits a repository that none of its Applications has.",
  "namespace-refused": "A project does not admit a namespace that its components render objects for.",
  "namespace-unneeded": "A project admits a namespace of another layer.",
  "kind-refused": "A project does not admit a kind that its components render.",
  "kind-unneeded": "A project admits a cluster-scoped kind that none of its components renders.",
  "budget-open": "A layer may change its own quota.",
} as const;

type Code = keyof typeof codes;

const BUDGETS = ["ResourceQuota", "LimitRange"];

/** A layer with its project and what it renders. */
interface Layer {
  readonly name: string;
  readonly project: Manifest;
  readonly sets: readonly ComponentSet[];
  readonly objects: readonly Manifest[];
}

/** A layer's Applications can touch what is theirs, and nothing else. */
export const projectsRestrict = defineRule({
  id: "projects-restrict",
  group: "gitops",
  severity: "error",
  needs: "plan",
  title: "A layer's project admits what its components render, and no more",
  explanation: {
    protects:
      "Each layer against the others: a mistake in one chart can neither change another layer's objects nor widen its own budget.",
    incident:
      "A subchart of the ML layer brought a ResourceQuota along. The project admitted every kind, so the layer's quota was replaced by one three times as large, and the database was evicted in the night.",
    fix: "Let the project list one repository, the layer's namespaces and the cluster-scoped kinds that its components render; list kinds by component in argocd.clusterResources.",
    source: "argo-cd v3.5.5 pkg/apis/application/v1alpha1/app_project_types.go, docs/user-guide/projects.md",
  },
  codes,
  *check({ index, plan }) {
    const objects = objectsByComponent(index, plan);
    const byProject = new Map<string, ComponentSet[]>();
    for (const set of readSets(index).sets) {
      const sets = byProject.get(set.project);
      if (sets === undefined) byProject.set(set.project, [set]);
      else sets.push(set);
    }
    for (const [name, sets] of byProject) {
      const [first] = sets;
      const project = index.filter({ group: ARGOPROJ, kind: "AppProject", name })[0];
      if (project === undefined) {
        if (first !== undefined) yield projectMissing(name, first);
        continue;
      }
      const components = new Set(sets.flatMap(({ elements }) => elements.map(({ component }) => component)));
      const own = [...components].flatMap((component) => objects.get(component) ?? []);
      const layer: Layer = { name, project, sets, objects: own };
      yield* checkRepositories(layer);
      yield* checkNamespaces(layer, plan, index);
      yield* checkClusterKinds(layer, index);
      yield* checkNamespacedKinds(layer, index);
    }
  },
});

function projectMissing(name: string, { manifest }: ComponentSet): Problem<Code> {
  return {
    code: "project-missing",
    manifest,
    path: "spec.template.spec.project",
    message:
      name === "default"
        ? "its Applications are in Argo CD's own project, which allows everything"
        : `its Applications are in project ${name}, which is not rendered`,
    actual: name,
    fix: "Render an AppProject for the layer, and name it.",
  };
}

function projectOpen(project: Manifest, path: string, pattern: string): Problem<Code> {
  return {
    code: "project-open",
    manifest: project,
    path,
    message: `${path} is ${pattern}, which admits what nobody listed`,
    actual: pattern,
    fix: "List what the layer's components need.",
  };
}

function* checkRepositories({ project, sets }: Layer): Generator<Problem<Code>> {
  const admitted = stringsIn(at(project.object, "spec", "sourceRepos"));
  const used = new Set(
    sets.map(({ manifest }) => stringAt(manifest.object, "spec", "template", "spec", "source", "repoURL")),
  );
  for (const [position, repository] of admitted.entries()) {
    const path = `spec.sourceRepos[${position}]`;
    if (isPattern(repository)) yield projectOpen(project, path, repository);
    else if (!used.has(repository)) {
      yield {
        code: "repository-unneeded",
        manifest: project,
        path,
        message: `admits ${repository}, which none of its Applications is rendered from`,
        actual: repository,
        limit: [...used].join(", "),
        fix: "Remove it.",
      };
    }
  }
  for (const repository of used) {
    if (repository === undefined || admitted.some((one) => one === repository || isPattern(one))) continue;
    yield {
      code: "repository-refused",
      manifest: project,
      path: "spec.sourceRepos",
      message: `does not admit ${repository}, which its Applications are rendered from`,
      actual: admitted.join(", "),
      limit: repository,
      fix: `List ${repository}.`,
    };
  }
}

function* checkNamespaces(layer: Layer, plan: Plan, index: ManifestIndex): Generator<Problem<Code>> {
  const { name, project, objects } = layer;
  const used = new Map<string, Manifest>();
  for (const manifest of objects) {
    const { group, kind, namespace } = manifest;
    if (namespace === undefined || used.has(namespace)) continue;
    if (isClusterScoped(group, kind, index) !== true) used.set(namespace, manifest);
  }
  const destinations = objectsIn(at(project.object, "spec", "destinations"));
  const admitted = new Set(destinations.map((destination) => stringAt(destination, "namespace") ?? ""));
  for (const [position, destination] of destinations.entries()) {
    const path = `spec.destinations[${position}]`;
    const patterns = (["server", "name", "namespace"] as const).filter((field) =>
      isPattern(stringAt(destination, field) ?? ""),
    );
    for (const field of patterns)
      yield projectOpen(project, `${path}.${field}`, stringAt(destination, field) ?? "");
    const namespace = stringAt(destination, "namespace") ?? "";
    const planned = Object.hasOwn(plan.namespaces, namespace) ? plan.namespaces[namespace] : undefined;
    if (patterns.includes("namespace") || used.has(namespace) || planned?.layer === name) continue;
    yield {
      code: "namespace-unneeded",
      manifest: project,
      path,
      message: `admits namespace ${namespace || "(none)"}, which is not of layer ${name} and which it renders nothing for`,
      actual: namespace,
      fix: "Remove the destination.",
    };
  }
  if ([...admitted].some(isPattern)) return;
  for (const [namespace, first] of used) {
    if (admitted.has(namespace)) continue;
    yield {
      code: "namespace-refused",
      manifest: first,
      message: `is refused by project ${name}, which does not admit namespace ${namespace}`,
      actual: namespace,
      limit: [...admitted].join(", "),
      fix: "Render it for a namespace of its layer, or plan the namespace in that layer.",
    };
  }
}

function* checkClusterKinds(
  { name, project, objects }: Layer,
  index: ManifestIndex,
): Generator<Problem<Code>> {
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

function* checkNamespacedKinds(
  { name, project, objects }: Layer,
  index: ManifestIndex,
): Generator<Problem<Code>> {
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

/** The list of what is refused counts first; a list of what is admitted refuses the rest. */
function namespacedRefusal(project: Manifest): (group: string, kind: string) => boolean {
  const refused = kindsIn(project, "namespaceResourceBlacklist");
  const admitted = kindsIn(project, "namespaceResourceWhitelist");
  const matches = (entries: readonly ListedKind[], group: string, kind: string): boolean =>
    entries.some((entry) => ["*", group].includes(entry.group) && ["*", kind].includes(entry.plainKind));
  return (group, kind) =>
    matches(refused, group, kind) || (admitted.length > 0 && !matches(admitted, group, kind));
}

interface ListedKind {
  readonly group: string;
  readonly plainKind: string;
  readonly kind: string;
  readonly path: string;
}

function kindsIn(project: Manifest, field: string): readonly ListedKind[] {
  return objectsIn(at(project.object, "spec", field)).map((entry, position) => {
    const group = stringAt(entry, "group") ?? "";
    const plainKind = stringAt(entry, "kind") ?? "";
    return { group, plainKind, kind: kindName(group, plainKind), path: `spec.${field}[${position}]` };
  });
}

function kindName(group: string, kind: string): string {
  return group === "" ? kind : `${group}/${kind}`;
}

/** Argo CD matches names by patterns (glob), and `!` takes names out of one. */
function isPattern(text: string): boolean {
  return /[*?[{!]/.test(text);
}
