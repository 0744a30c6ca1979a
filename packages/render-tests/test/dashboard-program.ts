import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

const MODULE = join(import.meta.dirname, "../programs/dashboards");

export const DASHBOARDS_MISSING =
  "Grafana's types of dashboards could not be built: install Go (https://go.dev/doc/install); `go build` in packages/render-tests/programs/dashboards must work.";

/**
 * Holds dashboards against the types that Grafana Labs publishes (grafana-foundation-sdk, Apache-2.0; Grafana itself
 * is not needed): one line for each mistake. Undefined when Go is not there to build it. The folder of the tool cache
 * is named by what it is built from.
 */
export async function findDashboardTypes(): Promise<
  ((files: readonly string[]) => Promise<readonly string[]>) | undefined
> {
  const source = createHash("sha256");
  for (const file of ["main.go", "go.sum"]) source.update(await readFile(join(MODULE, file)));
  const folder = await cachedTool(`dashboards-${source.digest("hex").slice(0, 12)}`, async (directory) => {
    const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly" };
    const args = ["build", "-C", MODULE, "-trimpath", "-o", join(directory, "dashboards"), "."];
    const { exitCode, stderr } = await run("go", args, { env });
    if (exitCode !== 0) throw new Error(stderr);
  }).catch(() => undefined);
  if (folder === undefined) return undefined;
  return async (files) => {
    const { stdout, stderr } = await run(join(folder, "dashboards"), files);
    if (stderr !== "") throw new Error(stderr);
    return stdout.split("\n").filter((line) => line !== "");
  };
}
