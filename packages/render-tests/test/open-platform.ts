import { join } from "node:path";
import { type Helm, obtainHelm, openPlatform, type Platform } from "@t495/proof";
import { DEFAULT_PROFILE, listProfiles } from "@t495/proof/rendering";
import { assembleChart } from "../../proof/src/helm/assemble-chart.ts";

/** The repository's root. */
export const ROOT = join(import.meta.dirname, "../../..");
export const CACHE = join(ROOT, "node_modules/.cache/t495");

/** Building Helm takes minutes on a machine that has none; rendering takes tenths of a second. */
export const INSTALL_MS = 900_000;

const UMBRELLA = join(ROOT, "charts/platform-umbrella");

/** Every profile of the folder, the default one first: whoever adds one has it tested. */
export const PROFILES: readonly string[] = [
  DEFAULT_PROFILE,
  ...(await listProfiles(UMBRELLA)).filter((name) => name !== DEFAULT_PROFILE),
];

/** The Helm that `pnpm test` found, or the one that the command line would choose. */
export function testHelm(): Promise<Helm> {
  return obtainHelm({ env: process.env, cacheDirectory: CACHE, report: () => {} });
}

/** The umbrella with its dependencies packed, as a folder for Helm. */
export function assembleTestChart(helm: Helm): Promise<string> {
  return assembleChart({ helm, chart: UMBRELLA, cacheDirectory: CACHE, env: process.env });
}

/** The umbrella chart as it lies in this checkout. */
export async function openTestPlatform(helm?: Helm): Promise<Platform> {
  return openPlatform({
    chart: UMBRELLA,
    argocd: join(ROOT, "charts/argocd"),
    cacheDirectory: CACHE,
    env: process.env,
    cwd: ROOT,
    helm: helm ?? (await testHelm()),
  });
}
