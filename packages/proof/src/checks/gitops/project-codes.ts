import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { Problem } from "../rule.ts";
import type { ComponentSet } from "./application-sets.ts";

/** Every code of `projects-restrict`, whose parts share them. */
export const projectCodes = {
  "project-missing": "Applications name a project that is not rendered, or Argo CD's own, which allows all.",
  "project-open": "A project allows what nobody listed: by a pattern, or because it is Argo CD's own.",
  "repository-refused": "A project does not admit the repository of its Applications.",
  "repository-unneeded": "A project admits a repository that none of its Applications has.",
  "namespace-refused": "A project does not admit a namespace that its components render objects for.",
  "namespace-unneeded": "A project admits a namespace of another layer.",
  "kind-refused": "A project does not admit a kind that its components render.",
  "kind-unneeded": "A project admits a cluster-scoped kind that none of its components renders.",
  "budget-open": "A layer may change its own quota.",
} as const;

export type ProjectCode = keyof typeof projectCodes;

/** A layer with its project and what it renders. */
export interface Layer {
  readonly name: string;
  readonly project: Manifest;
  readonly sets: readonly ComponentSet[];
  readonly objects: readonly Manifest[];
}

/** The finding about a field of a project that lists by a pattern. */
export function projectOpen(project: Manifest, path: string, pattern: string): Problem<ProjectCode> {
  return {
    code: "project-open",
    manifest: project,
    path,
    message: `${path} is ${pattern}, which admits what nobody listed`,
    actual: pattern,
    fix: "List what the layer's components need.",
  };
}
