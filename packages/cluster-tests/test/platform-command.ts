import { dirname, join } from "node:path";
import type { Cluster } from "../src/cluster/start-cluster.ts";
import { runCommand } from "../src/gitops/run-command.ts";
import { ROOT } from "./platform.ts";

/** The command line itself, for Node. */
export const PLATFORM = join(ROOT, "packages/scripts/bin/platform.mjs");

/**
 * `platform` with these words, as a person runs it who has an administrator's kubeconfig, with the kubectl of the API
 * server's own version.
 *
 * @returns what it wrote on standard output
 * @throws Error with what it wrote when its exit code is not 0
 */
export async function runPlatform(cluster: Cluster, words: readonly string[]): Promise<string> {
  const kubeconfig = `--kubeconfig=${await cluster.kubeconfig("admin")}`;
  const options = { cwd: ROOT, env: withKubectl(cluster) };
  return runCommand(process.execPath, [PLATFORM, ...words, kubeconfig], options);
}

/** What makes the command line find the kubectl of the API server's own version. */
export function withKubectl(cluster: Cluster): { readonly PATH: string } {
  return { PATH: `${dirname(cluster.pathOf("kubectl"))}:${process.env.PATH}` };
}
