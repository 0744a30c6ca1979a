import { existsSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { obtainHelm } from "@t495/proof";
import type { Workload } from "../../proof/src/manifest/workload.ts";
import { findTraefik, TRAEFIK_NEIGHBOURS, traefikMissing } from "../../render-tests/test/traefik-program.ts";
import type { Cluster } from "../src/cluster/start-cluster.ts";
import { BRANCH, type GitRepository } from "../src/gitops/git-repository.ts";
import { runCommand } from "../src/gitops/run-command.ts";
import { CACHE, ROOT } from "./platform.ts";

/** `platform bootstrap`, as a person runs it. */
export async function runBootstrap(cluster: Cluster, repository: GitRepository): Promise<string> {
  const options = [
    ...["--yes", "--no-wait", `--profile=${cluster.plan.profile}`],
    ...[`--repository=${repository.url}`, `--revision=${BRANCH}`],
  ];
  return runPlatform(cluster, ["bootstrap", ...options]);
}

/** The command line against this cluster, with the kubectl of the API server's own version; what it printed. */
export async function runPlatform(cluster: Cluster, words: readonly string[]): Promise<string> {
  const platform = join(ROOT, "packages/scripts/bin/platform.mjs");
  const kubeconfig = await cluster.kubeconfig("admin");
  return runCommand(process.execPath, [platform, ...words, `--kubeconfig=${kubeconfig}`], {
    cwd: ROOT,
    env: { PATH: `${await kubectlFolder(cluster)}:${process.env.PATH}` },
  });
}

async function kubectlFolder(cluster: Cluster): Promise<string> {
  const folder = join(cluster.folder, "bin");
  const link = join(folder, "kubectl");
  await mkdir(folder, { recursive: true });
  if (!existsSync(link)) await symlink(cluster.pathOf("kubectl"), link);
  return folder;
}

/** The Helm that renders for the proof, for Argo CD to render with. */
export async function testHelmPath(): Promise<string> {
  const helm = await obtainHelm({ env: process.env, cacheDirectory: CACHE, report: () => {} });
  return helm.path;
}

/** The nearest release that is to be had as a program. */
export async function testTraefikPath(): Promise<string> {
  const version = TRAEFIK_NEIGHBOURS[1];
  const path = await findTraefik(version);
  if (path === undefined) throw new Error(traefikMissing(version));
  return path;
}

/** A rendered Deployment by its name. */
export function deployment(workloads: readonly Workload[], name: string): Workload {
  const found = workloads.find(({ manifest }) => manifest.kind === "Deployment" && manifest.name === name);
  if (found === undefined) throw new Error(`no Deployment ${name} is rendered`);
  return found;
}
