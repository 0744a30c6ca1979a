import { join } from "node:path";
import {
  DEFAULT_PROFILE,
  type Helm,
  openPlatform,
  type Platform,
  type Rendering,
} from "@t495/proof/rendering";
import { cacheDirectory, helmFor } from "./helm.ts";
import { writeNote } from "./output.ts";

/** The umbrella chart, below the repository's folder. */
const UMBRELLA = "charts/platform-umbrella";
/** The chart that installs Argo CD. */
const ARGOCD = "charts/argocd";

export interface OpenedPlatform {
  readonly helm: Helm;
  readonly platform: Platform;
}

/** The repository's platform, ready to be rendered by the Helm that `platform tools` shows. */
export async function openOwnPlatform(root: string): Promise<OpenedPlatform> {
  const helm = await helmFor(root);
  const platform = await openPlatform({
    chart: join(root, UMBRELLA),
    argocd: join(root, ARGOCD),
    cacheDirectory: cacheDirectory(root),
    env: process.env,
    cwd: process.cwd(),
    helm,
  });
  return { helm, platform };
}

/** What `prove` judges: Helm is running, or has failed already. */
export interface StartedProfiles extends OpenedPlatform {
  readonly profiles: readonly { readonly profile: string; readonly rendering: Promise<Rendering> }[];
}

/** Starts rendering the whole platform for several profiles at once. */
export async function startProfiles(root: string, names: readonly string[]): Promise<StartedProfiles> {
  const opened = await openOwnPlatform(root);
  const profiles = await Promise.all(
    names.map(async (profile) => {
      const { rendering } = await opened.platform.start({ profile });
      // Whoever awaits it is told; until then a failure must not end the process.
      rendering.catch(() => undefined);
      return { profile, rendering };
    }),
  );
  return { ...opened, profiles };
}

/** The whole platform for one profile; t495's when none is named. */
export async function renderPlatform(root: string, profile: string | undefined): Promise<Rendering> {
  const { platform } = await openOwnPlatform(root);
  const rendering = await platform.render({ profile: profile ?? DEFAULT_PROFILE });
  noteWarnings(rendering.warnings);
  return rendering;
}

/** What Helm had to say besides the manifests. */
export function noteWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) writeNote(`helm: ${warning}`);
}
