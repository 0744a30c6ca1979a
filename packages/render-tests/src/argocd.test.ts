import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ManifestIndex, type Plan, readPlan } from "@t495/proof";
import { load } from "js-yaml";
import { toWorkload } from "../../proof/src/manifest/workload.ts";
import { openTestPlatform, PROFILES, ROOT } from "../test/open-platform.ts";
import { renderPlatform } from "../test/render-platform.ts";

interface Application {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly project: string;
    readonly source: {
      readonly repoURL: string;
      readonly targetRevision: string;
      readonly path: string;
      readonly helm: { readonly releaseName: string; readonly valueFiles: readonly string[] };
    };
    readonly syncPolicy: { readonly automated?: object; readonly syncOptions: readonly string[] };
  };
}

const read = async (file: string): Promise<Application> =>
  load(await readFile(join(ROOT, "argocd", file), "utf8")) as Application;

let manifests: ManifestIndex;
let plan: Plan;
beforeAll(async () => {
  manifests = await renderPlatform();
  plan = readPlan(manifests.all) as Plan;
});

describe("the root Application", () => {
  test("renders what is proven: the plan's repository, path and values files", async () => {
    const { spec } = await read("root-application.yaml");
    expect(spec.source).toMatchObject({
      repoURL: plan.gitops.repoURL,
      path: plan.gitops.path,
      helm: { valueFiles: plan.gitops.valueFiles },
    });
    for (const file of spec.source.helm.valueFiles) await access(join(ROOT, spec.source.path, file));
  });

  test("mends itself, and its project is there before it", async () => {
    const { metadata, spec } = await read("root-application.yaml");
    expect(spec.syncPolicy.automated).toMatchObject({ selfHeal: true, allowEmpty: false });
    expect(manifests.find("argoproj.io", "AppProject", metadata.namespace, spec.project)).toBeDefined();
  });
});

describe("Argo CD's own Application", () => {
  test("renders the chart that is proven, with the same values", async () => {
    const { source } = (await read("application.yaml")).spec;
    expect(source.path).toBe("charts/argocd");
    expect(source.helm.valueFiles.map((file) => join(source.path, file))).toEqual(
      plan.gitops.valueFiles.map((file) => join(plan.gitops.path, file)),
    );
    for (const file of source.helm.valueFiles) await access(join(ROOT, source.path, file));
  });

  test("changes Argo CD only when somebody says so, and deletes nothing", async () => {
    const { syncPolicy } = (await read("application.yaml")).spec;
    expect(syncPolicy.automated).toBeUndefined();
    expect(syncPolicy.syncOptions).toContain("Prune=false");
  });

  test("is no part of the rollout: no set makes it", () => {
    const sets = manifests.filter({ group: "argoproj.io", kind: "ApplicationSet" });
    expect(sets.length).toBeGreaterThan(0);
    for (const { object } of sets) expect(JSON.stringify(object)).not.toContain('"component":"argocd"');
  });
});

test("sets have no strategy, which would switch self-healing off, and their controller the flag they need", () => {
  for (const { object } of manifests.filter({ group: "argoproj.io", kind: "ApplicationSet" }))
    expect(object.spec).not.toHaveProperty("strategy");
  const controller = manifests.find("apps", "Deployment", "argocd", "argocd-applicationset-controller");
  expect(JSON.stringify(controller?.object)).toContain("--enable-progressive-syncs=true");
});

test("nothing runs but the five programs that are needed", () => {
  const workloads = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"].flatMap((kind) =>
    manifests.filter({ kind }).filter(({ namespace }) => namespace === "argocd"),
  );
  expect(workloads.map(({ name }) => name).sort()).toEqual([
    "argocd-application-controller",
    "argocd-applicationset-controller",
    "argocd-redis",
    "argocd-repo-server",
    "argocd-server",
  ]);
});

test("only what calls the API server holds a token", () => {
  const withToken = ["Deployment", "StatefulSet"]
    .flatMap((kind) => manifests.filter({ kind }).filter(({ namespace }) => namespace === "argocd"))
    .filter(({ object }) => JSON.stringify(object).includes('"automountServiceAccountToken":true'));
  expect(withToken.map(({ name }) => name).sort()).toEqual([
    "argocd-application-controller",
    "argocd-applicationset-controller",
    "argocd-server",
  ]);
});

test("the project that admits everything admits nothing here", () => {
  const project = manifests.find("argoproj.io", "AppProject", "argocd", "default");
  expect(project?.object.spec).toMatchObject({
    sourceRepos: [],
    destinations: [],
    clusterResourceWhitelist: [],
  });
});

test("a fork's address reaches the project of root and of Argo CD", async () => {
  const repository = "https://git.example.org/fork.git";
  const forked = await renderPlatform([`global.gitops.repoURL=${repository}`]);
  const project = forked.find("argoproj.io", "AppProject", "argocd", "system");
  expect(project?.object.spec).toMatchObject({ sourceRepos: [repository] });
});

test.each(PROFILES)("%s: the quota is what the five pods may use together, not more", async (profile) => {
  const platform = await openTestPlatform();
  const rendered = new ManifestIndex((await platform.render({ profile })).manifests);
  const limits = ["Deployment", "StatefulSet"]
    .flatMap((kind) => rendered.filter({ kind }).filter(({ namespace }) => namespace === "argocd"))
    .map(({ object }) => /"limits":\{"cpu":"[^"]+","memory":"(\d+)Mi"\}/.exec(JSON.stringify(object))?.[1]);
  const quota = rendered.find("", "ResourceQuota", "argocd", "budget")?.object.spec as {
    readonly hard: Readonly<Record<string, string>>;
  };
  const sum = limits.reduce((total, limit) => total + Number(limit), 0);
  const [, size, unit] = /^(\d+)(Mi|Gi)$/.exec(quota.hard["limits.memory"] ?? "") ?? [];
  expect(sum).toBeLessThanOrEqual(Number(size) * (unit === "Gi" ? 1024 : 1));
  expect(limits).toHaveLength(5);
});

describe("the application controller", () => {
  test("trusts what it found for a commit no longer than until the next look", () => {
    const controller = manifests.find("apps", "StatefulSet", "argocd", "argocd-application-controller");
    if (controller === undefined) throw new Error("no application controller is rendered");
    const workload = toWorkload(controller);
    const flags = new Map(
      (workload?.podSpec.containers[0]?.args ?? []).map(
        (argument) => argument.split("=") as [string, string],
      ),
    );
    expect(flags.get("--server-side-diff-enabled")).toBe("true");
    expect(Number(flags.get("--app-hard-resync"))).toBeGreaterThan(0);
    expect(Number(flags.get("--app-hard-resync"))).toBeLessThanOrEqual(Number(flags.get("--app-resync")));
  });
});
