import { join } from "node:path";
import { dump } from "js-yaml";
import type { RelabelRule } from "./log-collector.ts";
import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

const MODULE = join(import.meta.dirname, "../programs/relabel");

export const RELABEL_MISSING =
  "Prometheus' relabelling could not be built: install Go (https://go.dev/doc/install); `go build` in packages/render-tests/programs/relabel must work.";

/** The labels of each target after the rules; null for one that they drop. */
export type Relabel = (
  rules: readonly RelabelRule[],
  targets: readonly Readonly<Record<string, string>>[],
) => Promise<readonly (Readonly<Record<string, string>> | null)[]>;

/**
 * Prometheus' own relabelling, which Promtail and Alloy are built with, as a function; undefined when Go is not there
 * to build it. The folder of the tool cache is named by Prometheus' version.
 */
export async function findRelabel(): Promise<Relabel | undefined> {
  const folder = await cachedTool("relabel-prometheus-0.315.0", async (directory) => {
    const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly" };
    const args = ["build", "-C", MODULE, "-trimpath", "-o", join(directory, "relabel"), "."];
    const { exitCode, stderr } = await run("go", args, { env });
    if (exitCode !== 0) throw new Error(stderr);
  }).catch(() => undefined);
  if (folder === undefined) return undefined;
  return async (rules, targets) => {
    const input = JSON.stringify({ rules: dump(rules), targets });
    const { exitCode, stdout, stderr } = await run(join(folder, "relabel"), [], { input });
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Awaited<ReturnType<Relabel>>;
  };
}
