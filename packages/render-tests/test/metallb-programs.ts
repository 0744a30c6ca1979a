import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedTool } from "./tool-cache.ts";

/** The version of the images that the plan pins; a test holds the two together. */
export const METALLB_VERSION = "0.16.1";

/** Requires that version; its go.sum fixes everything that the programs are built from. */
const MODULE = join(import.meta.dirname, "../programs/metallb");

/**
 * MetalLB's real controller or speaker, both built with Go from the released module and kept in the workspace's
 * tool cache; that takes about five minutes, once.
 *
 * @throws Error when it is not in the cache and Go is not there to build it.
 */
export async function metallbProgram(name: "controller" | "speaker"): Promise<string> {
  const folder = await cachedTool(`metallb-${METALLB_VERSION}`, async (directory) => {
    try {
      await promisify(execFile)(
        "go",
        [
          "build",
          "-o",
          `${directory}/`,
          "go.universe.tf/metallb/controller",
          "go.universe.tf/metallb/speaker",
        ],
        {
          cwd: MODULE,
          env: { ...process.env, GOFLAGS: "-buildvcs=false -mod=readonly" },
        },
      );
    } catch (cause) {
      throw new Error(
        `These tests run MetalLB's real programs, and \`go build\` in packages/render-tests/programs/metallb failed. ` +
          "Install Go (https://go.dev/doc/install), or put them into the folder of their version in the tool cache.",
        { cause },
      );
    }
  });
  return join(folder, name);
}
