import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { isClusterScoped } from "../../manifest/scope.ts";
import { at, objectsIn, stringAt, stringsIn } from "../../manifest/values.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../rule.ts";
import { isPattern } from "./listed-kinds.ts";
import { type Layer, type ProjectCode, projectOpen } from "./project-codes.ts";

/** The repositories that a project admits against those that its Applications have. */
export function* checkRepositories({ project, sets }: Layer): Generator<Problem<ProjectCode>> {
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

/** The namespaces that a project admits against those that its components render objects for. */
export function* checkNamespaces(
  layer: Layer,
  plan: Plan,
  index: ManifestIndex,
): Generator<Problem<ProjectCode>> {
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
