import { join } from "node:path";
import { createContext, obtainHelm, openPlatform, type Plan, type Platform, readPlan } from "@t495/proof";
import { type Cluster, type ClusterOptions, startCluster } from "../src/cluster/start-cluster.ts";
import { obtainPrograms, type Programs } from "../src/programs/obtain-programs.ts";

export const ROOT = join(import.meta.dirname, "../../..");
export const CACHE = join(ROOT, "node_modules/.cache/t495");
export const PROFILES = ["t495", "small-16gb", "large-64gb"] as const;

let platform: Promise<Platform> | undefined;

async function open(): Promise<Platform> {
  const helm = await obtainHelm({ env: process.env, cacheDirectory: CACHE, report });
  const chart = join(ROOT, "charts/platform-umbrella");
  const argocd = join(ROOT, "charts/argocd");
  return openPlatform({ chart, argocd, cacheDirectory: CACHE, env: process.env, cwd: ROOT, helm });
}

/** Everything of a profile, as the static proof sees it. */
export async function renderProfile(
  profile: string,
  settings: readonly string[] = [],
): Promise<ReturnType<typeof createContext> & { readonly plan: NonNullable<ReturnType<typeof readPlan>> }> {
  platform ??= open();
  const { manifests } = await (await platform).render({ profile, settings });
  const plan = readPlan(manifests);
  if (plan === undefined) throw new Error(`profile ${profile} renders no plan`);
  const context = createContext(manifests, plan);
  return { ...context, accounting: context.accounting, plan };
}

/** The programs of the control plane, and of `modules` besides. */
function testPrograms(modules: readonly string[] = []): Promise<Programs> {
  return obtainPrograms({
    repository: ROOT,
    cacheDirectory: CACHE,
    report,
    modules: ["etcd", "kubernetes", "kwok", ...modules],
  });
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A cluster whose node is the plan's, with the programs of `modules` at hand besides. */
export async function startTestCluster(
  plan: Plan,
  modules?: readonly string[],
  options?: Pick<ClusterOptions, "empty" | "awaitSecrets">,
): Promise<Cluster> {
  return startCluster({ repository: ROOT, programs: await testPrograms(modules), plan, ...options });
}
