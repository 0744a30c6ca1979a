import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findHelm } from "../src/helm/find-helm.ts";
import { installHelm } from "../src/helm/install-helm.ts";
import type { RenderTools } from "../src/helm/render-chart.ts";

/** The time limit of a `beforeAll` in which the first run on a machine may have to build Helm. */
export const INSTALLATION_MS = 600_000;

/** The Helm that the command line uses, for tests that need a real one. */
export async function realHelm(): Promise<RenderTools> {
  const { env, platform, arch } = process;
  const repository = fileURLToPath(new URL("../../../", import.meta.url));
  const cacheDirectory = join(repository, "node_modules/.cache/t495");
  const helm = await findHelm({
    env,
    cacheDirectory,
    install: (tools) => installHelm(tools, { env, platform, arch, fetch, report: () => {} }),
  });
  return { helm, cacheDirectory, env };
}
