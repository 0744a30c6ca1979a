import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { stringAt } from "../../manifest/values.ts";
import { type GeneratedElement, generatedElements } from "../../order/application-sets.ts";
import { ARGOCD, componentOf, layerOf } from "../../order/applications.ts";
import type { Plan } from "../../plan/plan.ts";

export const ARGOPROJ = "argoproj.io";

/** An ApplicationSet whose generators are lists of components. */
export interface ComponentSet {
  readonly manifest: Manifest;
  /** The AppProject of its Applications. */
  readonly project: string;
  readonly elements: readonly GeneratedElement[];
}

export interface Sets {
  readonly sets: readonly ComponentSet[];
  /** Those that have a generator of another kind, or an element without a component. */
  readonly unreadable: readonly Manifest[];
}

export function readSets(index: ManifestIndex): Sets {
  const sets: ComponentSet[] = [];
  const unreadable: Manifest[] = [];
  for (const manifest of index.filter({ group: ARGOPROJ, kind: "ApplicationSet" })) {
    const elements = generatedElements(manifest);
    const project = stringAt(manifest.object, "spec", "template", "spec", "project") ?? "default";
    if (elements === undefined) unreadable.push(manifest);
    else sets.push({ manifest, project, elements });
  }
  return { sets, unreadable };
}

type Objects = ReadonlyMap<string, readonly Manifest[]>;

/** Several rules ask for the same split. */
const known = new WeakMap<ManifestIndex, { readonly plan: Plan; readonly made: Objects }>();

/** The rendered objects of each component of the plan, foundation too; Argo CD's own belong to root. */
export function objectsByComponent(index: ManifestIndex, plan: Plan): Objects {
  const before = known.get(index);
  if (before !== undefined && before.plan === plan) return before.made;
  const objects = new Map<string, Manifest[]>();
  for (const manifest of index.all) {
    const component = componentOf(manifest);
    if (component === undefined || component === ARGOCD || layerOf(component, plan) === undefined) continue;
    const same = objects.get(component);
    if (same === undefined) objects.set(component, [manifest]);
    else same.push(manifest);
  }
  known.set(index, { plan, made: objects });
  return objects;
}
