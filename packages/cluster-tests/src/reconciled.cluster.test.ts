import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, jest } from "@jest/globals";
import { deployment, runBootstrap, testHelmPath, testTraefikPath } from "../test/gitops.ts";
import { ROOT, renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { runCreateSecrets } from "./cluster/create-secrets.ts";
import { startMetallbController } from "./cluster/metallb.ts";
import { nameOf } from "./cluster/observe-rollout.ts";
import { eventually, type Program } from "./cluster/program.ts";
import type { Cluster } from "./cluster/start-cluster.ts";
import { isComplete } from "./cluster/workloads.ts";
import {
  APPLICATION_SET,
  allReady,
  announcing,
  applicationSetNames,
  applicationsByName,
  isOwnedBy,
  isSyncing,
  NAMESPACE,
  ROOT_NAME,
  withState,
} from "./gitops/applications.ts";
import { type Argocd, startArgocd } from "./gitops/argocd.ts";
import { CreationOrder } from "./gitops/creation-order.ts";
import { createGitRepository, type GitRepository } from "./gitops/git-repository.ts";
import { NOT_TRIED } from "./gitops/not-tried.ts";
import { observeDependencies, observeLayers, observeSteps } from "./gitops/rollout-order.ts";
import { differenceFromRendering, differencesOfRenderings } from "./gitops/same-as-rendered.ts";
import { startTraefik } from "./gitops/traefik.ts";

// Six layers, one after another, each rendered, compared and waited for.
jest.setTimeout(900_000);

const PROFILE = "t495";
const TRAEFIK = "charts/infrastructure/templates/traefik/deployment.yaml";
const VALUES = "charts/infrastructure/values.yaml";
const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment" } as const;
const DATA_SERVICES = ["minio", "postgresql", "redis", "registry"];
const LABELS = '{{- include "platform.labels" $c | nindent 8 }}';
const GRAFANA = "charts/monitoring/values.yaml";
/** Time enough to go on wrongly: whoever waits for health is told of it within seconds. */
const WATCHED_MS = 12_000;
/** Minutes in the chart. */
const HARD_RESYNC_SECONDS = 20;
const NEVER_READY = '\n        proof.t495.dev/never-ready: "true"';

const broken = (text: string): string => text.replace(LABELS, `${LABELS}${NEVER_READY}`);

const stage = new Stage(import.meta.filename);
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;
let repository: GitRepository;
let announced: GitRepository;
let argocd: Argocd;
let metallb: Program;
let order: CreationOrder;
/** The commit with which everything became ready. */
let mended: string;

beforeAll(async () => {
  rendered = await renderProfile(PROFILE);
  cluster = await startTestCluster(rendered.plan, ["argocd", "metallb"], { empty: true });
  repository = await createGitRepository(ROOT, `${cluster.folder}/git`);
  announced = announcing(repository, cluster.api);
  rendered = await renderProfile(PROFILE, [`global.gitops.repoURL=${repository.url}`]);
});
afterAll(() => cluster?.stop());

stage.claim("the bootstrap brings Argo CD and its Applications into an empty cluster", async () => {
  await repository.commit("A proxy that never becomes ready", { [TRAEFIK]: broken });
  await runBootstrap(cluster, repository);
  argocd = await startArgocd(cluster, { helm: await testHelmPath(), workloads: rendered.workloads });
  expect((await applicationsByName(cluster.api)).size).toBe(2);
});

stage.claim("a component of the first layer that never becomes ready holds back the second", async () => {
  const controller = deployment(rendered.workloads, "metallb-controller");
  await eventually("Argo CD has made MetalLB's Deployment", () => cluster.api.exists(nameOf(controller)), {
    ...{ seconds: 600, program: argocd.controller() },
  }).catch(withState(cluster.api));
  metallb = await startMetallbController(cluster, controller, { webhook: true });
  // Longhorn has an Ingress, which waits for the proxy.
  await allReady(cluster.api, ["foundation", "metallb"], { program: argocd.controller() });
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  expect([...(await applicationSetNames(cluster.api))].sort()).toEqual(["foundation", "infrastructure"]);
});

stage.claim("its fix, committed, frees everything else without a hand", async (figures) => {
  const started = Date.now();
  mended = await announced.commit("Let the proxy become ready", {
    [TRAEFIK]: (text) => text.replace(NEVER_READY, ""),
  });
  await startTraefik(cluster, await testTraefikPath(), deployment(rendered.workloads, "traefik"));
  await everythingReady(mended);
  expect(await runCreateSecrets(cluster)).toMatchObject({ exitCode: 0 });
  figures.applications = (await applicationsByName(cluster.api)).size;
  figures.seconds = Math.round((Date.now() - started) / 1000);
});

stage.claim("MetalLB's webhook is asked, and refuses addresses that a pool has already", async () => {
  const [pool] = rendered.index.filter({ kind: "IPAddressPool" });
  if (pool === undefined) throw new Error("no IPAddressPool is rendered");
  const second = { ...pool.object, metadata: { ...pool.object.metadata, name: "second" } };
  await expect(cluster.api.apply(second, { dryRun: true })).rejects.toThrow(/denied the request.*overlaps/);
});

stage.claim("whatever an object needs was made before it, as the order graph says", async (figures) => {
  order = await CreationOrder.read(cluster);
  const { compared, violations } = await observeDependencies(order, rendered, rendered.plan);
  figures.dependencies = compared;
  expect(violations).toEqual([]);
});

stage.claim("each Application's objects came in the steps that the proof foresees", async (figures) => {
  const { compared, violations } = await observeSteps(order, rendered, rendered.plan);
  figures.objects = compared;
  expect(violations).toEqual([]);
});

stage.claim("no layer began before everything of the layer below was there", async (figures) => {
  const { compared, violations } = await observeLayers(order, rendered, rendered.plan);
  figures.layers = compared;
  expect(violations).toEqual([]);
});

stage.claim("what Argo CD renders is what we render, to the byte", async (figures) => {
  const theirs = await argocd.renderingsOf(mended);
  figures.objects = theirs.length;
  expect(differencesOfRenderings(rendered.index.all, theirs)).toEqual([]);
});

stage.claim("what Argo CD has applied is what our rendering says, field by field", async (figures) => {
  const manifests = rendered.index.all;
  const differences: string[] = [];
  for (const manifest of manifests) {
    const difference = await differenceFromRendering(cluster.api, manifest);
    if (difference !== undefined) differences.push(difference);
  }
  figures.objects = manifests.length;
  expect(differences).toEqual([]);
});

stage.claim(
  "the processes of Argo CD stay within the memory that their chart gives them",
  async (figures) => {
    const beyond: string[] = [];
    for (const role of ["application-controller", "applicationset-controller", "repo-server"] as const) {
      const { peak, limit } = argocd.memoryOf(role);
      figures[role] = `${Math.round(peak / 2 ** 20)} of ${Math.round(limit / 2 ** 20)} MiB`;
      if (peak > limit) beyond.push(role);
    }
    expect(beyond).toEqual([]);
  },
);

stage.claim("a Deployment that somebody deletes comes back by itself", async (figures) => {
  const name = { ...DEPLOYMENT, namespace: "monitoring", name: "grafana" };
  const { uid } = (await cluster.api.get(name)).metadata;
  const started = Date.now();
  await cluster.api.delete(name);
  await eventually("it is back", async () => {
    const now = await cluster.api.get(name).catch(() => undefined);
    return now !== undefined && now.metadata.uid !== uid;
  });
  figures.seconds = Math.round((Date.now() - started) / 1000);
});

stage.claim(
  "`git revert` goes back, even if the application controller is killed meanwhile",
  async (figures) => {
    const level = async (): Promise<string | undefined> => {
      const { spec } = await cluster.api.get({ ...DEPLOYMENT, namespace: "traefik", name: "traefik" });
      const { template } = spec as { template: { spec: { containers: { args: string[] }[] } } };
      return template.spec.containers[0]?.args.find((argument) => argument.startsWith("--log.level="));
    };
    await announced.commit("Say more", {
      [VALUES]: (text) => text.replace("logLevel: INFO", "logLevel: DEBUG"),
    });
    await eventually("Traefik is to say more", async () => (await level()) === "--log.level=DEBUG");
    const started = Date.now();
    // Not announced: this one is found by asking Git.
    const commit = await repository.revert();
    await argocd.restartController(HARD_RESYNC_SECONDS);
    await eventually("Traefik is to say less", async () => (await level()) === "--log.level=INFO");
    await everythingReady(commit);
    figures.seconds = Math.round((Date.now() - started) / 1000);
  },
);

stage.claim(
  "a commit that breaks one layer holds up no other; its revert and every Secret survive an API server that is killed meanwhile",
  async (figures) => {
    const grafana = { ...DEPLOYMENT, namespace: "monitoring", name: "grafana" };
    const {
      metadata: { generation },
      spec: original,
    } = await cluster.api.get(grafana);
    await announced.commit("Break one, change another", {
      [TRAEFIK]: broken,
      [GRAFANA]: (text) => text.replace("queryTimeoutSeconds: 60", "queryTimeoutSeconds: 61"),
    });
    await eventually("Grafana is rolled out anew", async () => {
      const now = await cluster.api.get(grafana);
      return now.metadata.generation !== generation && isComplete(now);
    });
    const traefik = await cluster.api.get({ ...DEPLOYMENT, namespace: "traefik", name: "traefik" });
    expect((traefik.status as { availableReplicas?: number }).availableReplicas).toBe(1);
    const started = Date.now();
    const before = await secrets();
    const commit = await announced.revert();
    await eventually("its sync is under way", async () => {
      return [...(await applicationsByName(cluster.api)).values()].some((one) => isSyncing(one, commit));
    });
    await cluster.programs.find(({ name }) => name === "kube-apiserver")?.stop("SIGKILL");
    await cluster.startApiServer();
    // Not by what Argo CD says alone: that it can be wrong about a commit is what this is about.
    await eventually("Grafana is as it was", async () =>
      isDeepStrictEqual((await cluster.api.get(grafana)).spec, original),
    ).catch(withState(cluster.api));
    await everythingReady(commit);
    expect(await secrets()).toEqual(before);
    figures.secrets = before.length;
    figures.seconds = Math.round((Date.now() - started) / 1000);
  },
);

stage.claim(
  "a commit that could not be compared while MetalLB's webhook was away is applied when it is back",
  async (figures) => {
    const advertisement = { apiVersion: "metallb.io/v1beta1", kind: "L2Advertisement" };
    const interfaces = async (): Promise<unknown> =>
      (await cluster.api.list(advertisement)).map(
        ({ spec }) => (spec as { interfaces?: unknown }).interfaces,
      );
    await metallb.stop("SIGKILL");
    const commit = await announced.commit("Announce addresses on one interface", {
      [VALUES]: (text) => text.replace("interfaces: []", "interfaces: [enp2s0f0]"),
    });
    await eventually("its comparison has failed", async () => {
      const { sync, conditions } = (await applicationsByName(cluster.api)).get("metallb")?.status ?? {};
      const failed = conditions?.some(({ message }) => message?.includes("failed calling webhook"));
      return failed === true && sync?.revision === commit;
    }).catch(withState(cluster.api));
    const started = Date.now();
    await startMetallbController(cluster, deployment(rendered.workloads, "metallb-controller"), {
      webhook: true,
    });
    const isAnnounced = async (): Promise<boolean> => isDeepStrictEqual(await interfaces(), [["enp2s0f0"]]);
    await eventually("they are announced there", isAnnounced).catch(withState(cluster.api));
    await everythingReady(commit);
    figures.seconds = Math.round((Date.now() - started) / 1000);
  },
);

stage.claim("a deleted ApplicationSet takes no volume with it, and comes back", async (figures) => {
  const claims = async (): Promise<readonly unknown[]> =>
    (await cluster.api.list({ apiVersion: "v1", kind: "PersistentVolumeClaim" }))
      .map(({ metadata: { namespace, name, uid } }) => `${namespace}/${name} ${uid}`)
      .sort();
  const before = await claims();
  const name = { ...APPLICATION_SET, namespace: NAMESPACE, name: "data-services" };
  const { uid } = (await cluster.api.get(name)).metadata;
  await cluster.api.delete(name);
  await eventually("its Applications belong to a new one", async () => {
    const applications = await applicationsByName(cluster.api);
    const now = await cluster.api.get(name).catch(() => undefined);
    return (
      now !== undefined &&
      now.metadata.uid !== uid &&
      DATA_SERVICES.every((service) => isOwnedBy(applications.get(service), now))
    );
  }).catch(withState(cluster.api));
  await everythingReady();
  figures.claims = before.length;
  expect(before.length).toBeGreaterThan(0);
  expect(await claims()).toEqual(before);
});

for (const [claim, reason] of Object.entries(NOT_TRIED)) stage.notTried(claim, reason);

async function secrets(): Promise<readonly string[]> {
  const all = await cluster.api.list({ apiVersion: "v1", kind: "Secret" });
  return all
    .map(({ metadata: { namespace, name }, data }) => `${namespace}/${name} ${JSON.stringify(data)}`)
    .sort();
}

async function everythingReady(commit?: string): Promise<void> {
  const enabled = Object.entries(rendered.plan.components).filter(([, { enabled }]) => enabled);
  const names = [ROOT_NAME, "foundation", ...enabled.map(([name]) => name)];
  await allReady(cluster.api, names, { commit, program: argocd.controller() });
}
