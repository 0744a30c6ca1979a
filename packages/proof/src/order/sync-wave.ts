import type { Manifest } from "../manifest/kubernetes-object.ts";
import { annotationsOf } from "./annotations.ts";

/** The annotation that names an object's wave. */
export const SYNC_WAVE = "argocd.argoproj.io/sync-wave";
/** Helm's order of hooks, which Argo CD takes for a wave where no wave is readable. */
export const HOOK_WEIGHT = "helm.sh/hook-weight";

/**
 * An integer as Go's `strconv.Atoi` reads it: an optional sign and decimal digits, nothing else, 64 bits.
 * Undefined for all other text.
 */
export function parseGoInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return BigInt.asIntN(64, value) === value ? Number(value) : undefined;
}

/**
 * The wave that an object declares: its own annotation if that is an integer, else Helm's hook weight if
 * that is one (on any object, hook or not), else 0. Nothing says so when an annotation is ignored.
 *
 * Source: argo-cd v3.5.5, gitops-engine/pkg/sync/syncwaves/waves.go and hook/helm/weight.go.
 */
export function waveOf(manifest: Manifest): number {
  const annotations = annotationsOf(manifest);
  return (
    parseGoInteger(annotations.get(SYNC_WAVE) ?? "") ??
    parseGoInteger(annotations.get(HOOK_WEIGHT) ?? "") ??
    0
  );
}
