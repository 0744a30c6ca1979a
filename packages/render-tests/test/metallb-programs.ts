import { join } from "node:path";
import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

/** The version of the images that the plan pins; a test holds the two together. */
export const METALLB_VERSION = "0.16.1";

/** Requires that version; its go.sum fixes everything that the programs are built from. */
const MODULE = join(import.meta.dirname, "../programs/metallb");

/** What to say when they are not to be had. */
export const METALLB_MISSING =
  "MetalLB's programs could not be built: install Go (https://go.dev/doc/install); `go build` in packages/render-tests/programs/metallb must work.";

/** Where each of the two programs is. */
export interface MetallbPrograms {
  readonly controller: string;
  readonly speaker: string;
}

/**
 * MetalLB's real controller and speaker, both built with Go from the released module and kept in the workspace's
 * tool cache; that takes about five minutes, once. Undefined when they are not to be had.
 */
export async function findMetallb(): Promise<MetallbPrograms | undefined> {
  const folder = await cachedTool(`metallb-${METALLB_VERSION}`, build).catch(() => undefined);
  if (folder === undefined) return undefined;
  return { controller: join(folder, "controller"), speaker: join(folder, "speaker") };
}

async function build(directory: string): Promise<void> {
  const env = { ...process.env, GOFLAGS: "-buildvcs=false -mod=readonly" };
  const programs = ["controller", "speaker"].map((name) => `go.universe.tf/metallb/${name}`);
  const { exitCode, stderr } = await run("go", ["-C", MODULE, "build", "-o", `${directory}/`, ...programs], {
    env,
  });
  if (exitCode !== 0) throw new Error(stderr);
}
