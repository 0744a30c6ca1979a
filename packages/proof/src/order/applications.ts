import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { stringAt } from "../manifest/values.ts";
import type { Plan } from "../plan/plan.ts";
import { argocdOrder, type SyncTask } from "./argocd-order.ts";

/** The component that everything else stands on; it is not in `plan.components`, since it cannot be disabled. */
export const FOUNDATION = "foundation";
/** The component of Argo CD's own objects, which the root Application applies. */
export const ARGOCD = "argocd";

/** What Argo CD applies in one sync: a component of the plan, or the whole stream when there is no plan. */
export interface Application {
  /** Component name; empty for objects that name no component of the plan, or when there is no plan. */
  readonly name: string;
  /** Undefined when the layer is not known. */
  readonly layer: string | undefined;
  /** First wave of the layer's band, which gates the Application; undefined when the layer is not known. */
  readonly band: number | undefined;
  /** In the order of the sync. */
  readonly tasks: readonly SyncTask[];
}

/** The component that an object belongs to by its label `app.kubernetes.io/name`. */
export function componentOf(manifest: Manifest): string | undefined {
  return stringAt(manifest.object, "metadata", "labels", "app.kubernetes.io/name");
}

/** The layer of a component: its own, or that of foundation or of Argo CD's objects. */
export function layerOf(component: string, plan: Plan): string | undefined {
  if (component === FOUNDATION) return FOUNDATION;
  if (component === ARGOCD) return "system";
  return Object.hasOwn(plan.components, component) ? plan.components[component]?.layer : undefined;
}

/** Several rules ask for the same split; the sort is the dearest part of them. */
const known = new WeakMap<
  ManifestIndex,
  { readonly plan: Plan | undefined; readonly made: readonly Application[] }
>();

/** Splits a rendering into the Applications that Argo CD makes of it, in stream order. */
export function applicationsOf(index: ManifestIndex, plan: Plan | undefined): readonly Application[] {
  const before = known.get(index);
  if (before !== undefined && before.plan === plan) return before.made;
  const made = splitApplications(index, plan);
  known.set(index, { plan, made });
  return made;
}

function splitApplications(index: ManifestIndex, plan: Plan | undefined): readonly Application[] {
  const byName = new Map<string, Manifest[]>();
  for (const manifest of index.all) {
    const component = componentOf(manifest) ?? "";
    const name = plan !== undefined && layerOf(component, plan) !== undefined ? component : "";
    const manifests = byName.get(name);
    if (manifests === undefined) byName.set(name, [manifest]);
    else manifests.push(manifest);
  }
  return [...byName].map(([name, manifests]) => {
    const layer = plan === undefined ? undefined : layerOf(name, plan);
    return {
      name,
      layer,
      band: layer === undefined ? undefined : plan?.layers[layer]?.wave,
      tasks: argocdOrder(manifests, plan?.components[name]?.namespace),
    };
  });
}
