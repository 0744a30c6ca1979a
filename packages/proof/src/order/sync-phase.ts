import type { Manifest } from "../manifest/kubernetes-object.ts";
import { annotationItems, annotationsOf } from "./annotations.ts";

export type SyncPhase = "PreSync" | "Sync" | "PostSync" | "SyncFail";

/** The annotation by which an object asks Argo CD to be run as a hook. */
export const ARGO_HOOK = "argocd.argoproj.io/hook";
/** The annotation by which an object asks Helm, and so Argo CD, to be run as a hook. */
export const HELM_HOOK = "helm.sh/hook";

/** Phases in the order in which a sync goes through them. */
export const SYNC_PHASES: readonly SyncPhase[] = ["PreSync", "Sync", "PostSync", "SyncFail"];

const HELM_PHASES: ReadonlyMap<string, SyncPhase> = new Map([
  ["pre-install", "PreSync"],
  ["pre-upgrade", "PreSync"],
  ["post-install", "PostSync"],
  ["post-upgrade", "PostSync"],
]);

/** True when Argo CD runs the object as a hook, or means to and knows no phase for it. */
export function isHook(manifest: Manifest): boolean {
  const annotations = annotationsOf(manifest);
  if (annotations.has(ARGO_HOOK)) return !isSkipped(annotations);
  const helm = annotations.get(HELM_HOOK);
  return helm !== undefined && helm !== "crd-install";
}

/**
 * The phases in which a sync applies the object, in their order; a plain object is applied in `Sync`. Empty
 * when no sync ever applies it: `Skip`, Helm hooks without a counterpart (tests, rollbacks, deletions) and
 * names that Argo CD does not know. Helm's hooks count only where the object carries no hook of Argo CD.
 *
 * Source: argo-cd v3.5.5, gitops-engine/pkg/sync/sync_phase.go and hook/.
 */
export function syncPhasesOf(manifest: Manifest): readonly SyncPhase[] {
  const annotations = annotationsOf(manifest);
  if (isSkipped(annotations)) return [];
  if (!isHook(manifest)) return ["Sync"];
  const known = argoHooks(annotations);
  const phases =
    known.length > 0 ? known : annotationItems(annotations, HELM_HOOK).map((hook) => HELM_PHASES.get(hook));
  return SYNC_PHASES.filter((phase) => phases.includes(phase));
}

function argoHooks(annotations: ReadonlyMap<string, string>): readonly string[] {
  const names: readonly string[] = [...SYNC_PHASES, "Skip"];
  return annotationItems(annotations, ARGO_HOOK).filter((hook) => names.includes(hook));
}

function isSkipped(annotations: ReadonlyMap<string, string>): boolean {
  const hooks = argoHooks(annotations);
  return hooks.length === 1 && hooks[0] === "Skip";
}
