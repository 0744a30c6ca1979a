import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { at } from "../../manifest/values.ts";
import { defineRule, type Problem } from "../rule.ts";
import { ARGOPROJ, type ComponentSet, objectsByComponent, readSets } from "./application-sets.ts";
import { type Layer, type ProjectCode, projectCodes } from "./project-codes.ts";
import { checkClusterKinds, checkNamespacedKinds } from "./project-kinds.ts";
import { checkNamespaces, checkRepositories } from "./project-places.ts";

/** Argo CD makes it at its first start, open, where nobody else has; an Application that names none is in it. */
const OWN_PROJECT = "default";

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
  codes: projectCodes,
  *check({ index, plan }) {
    const objects = objectsByComponent(index, plan);
    const byProject = new Map<string, ComponentSet[]>();
    for (const set of readSets(index).sets) {
      const sets = byProject.get(set.project);
      if (sets === undefined) byProject.set(set.project, [set]);
      else sets.push(set);
    }
    for (const project of index.filter({ group: ARGOPROJ, kind: "AppProject", name: OWN_PROJECT }))
      if (!byProject.has(OWN_PROJECT)) yield* ownProjectOpen(project);
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

function projectMissing(name: string, { manifest }: ComponentSet): Problem<ProjectCode> {
  return {
    code: "project-missing",
    manifest,
    path: "spec.template.spec.project",
    message:
      name === OWN_PROJECT
        ? "its Applications are in Argo CD's own project, which allows everything"
        : `its Applications are in project ${name}, which is not rendered`,
    actual: name,
    fix: "Render an AppProject for the layer, and name it.",
  };
}

function* ownProjectOpen(project: Manifest): Generator<Problem<ProjectCode>> {
  for (const field of ["sourceRepos", "destinations", "clusterResourceWhitelist"]) {
    const listed = at(project.object, "spec", field);
    if (!Array.isArray(listed) || listed.length === 0) continue;
    yield {
      code: "project-open",
      manifest: project,
      path: `spec.${field}`,
      message: `spec.${field} lists ${listed.length} of Argo CD's own project, which no layer uses: an Application that names no project is in it`,
      actual: listed.length,
      limit: 0,
      fix: `Write ${field}: [].`,
    };
  }
}
