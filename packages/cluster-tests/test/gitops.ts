import { obtainHelm } from "@t495/proof";
import type { Workload } from "../../proof/src/manifest/workload.ts";
import { findTraefik, TRAEFIK_NEIGHBOURS, traefikMissing } from "../../render-tests/test/traefik-program.ts";
import type { Cluster } from "../src/cluster/start-cluster.ts";
import { BRANCH, type GitRepository } from "../src/gitops/git-repository.ts";
import { CACHE } from "./platform.ts";
import { runPlatform } from "./platform-command.ts";

/** `platform bootstrap` for the branch that Argo CD follows. */
export async function runBootstrap(cluster: Cluster, repository: GitRepository): Promise<string> {
  const source = [`--repository=${repository.url}`, `--revision=${BRANCH}`];
  return runPlatform(cluster, [
    "bootstrap",
    "--yes",
    "--no-wait",
    `--profile=${cluster.plan.profile}`,
    ...source,
  ]);
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
