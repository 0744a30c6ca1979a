/**
 * Rendering alone, `@t495/proof/rendering`: what a program needs before Helm can start. Everything else may be
 * loaded while Helm runs.
 */
export type { Helm } from "./helm/find-helm.ts";
export { type ObtainHelmOptions, obtainHelm } from "./helm/obtain-helm.ts";
export { listProfiles } from "./helm/profile.ts";
export type { Rendering } from "./helm/render-chart.ts";
export { HELM_VERSION, K3S_VERSION, KUBERNETES_VERSION, OLDEST_HELM_VERSION } from "./helm/versions.ts";
export {
  DEFAULT_PROFILE,
  openPlatform,
  type Platform,
  type PlatformOptions,
  type RenderSelection,
} from "./platform.ts";
