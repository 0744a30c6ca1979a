import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtainHelm } from "../src/helm/obtain-helm.ts";
import type { RenderTools } from "../src/helm/render-chart.ts";

/** The time limit of a `beforeAll` in which the first run on a machine may have to build Helm. */
export const INSTALLATION_MS = 600_000;

/** The Helm that the command line uses, for tests that need a real one. */
export async function realHelm(): Promise<RenderTools> {
  const { env } = process;
  const repository = fileURLToPath(new URL("../../../", import.meta.url));
  const cacheDirectory = join(repository, "node_modules/.cache/t495");
  const helm = await obtainHelm({ env, cacheDirectory, report: () => {} });
  return { helm, cacheDirectory, env };
}
