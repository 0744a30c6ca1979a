import { afterAll, beforeAll, expect, jest } from "@jest/globals";
import { runBootstrap, testHelmPath } from "../test/gitops.ts";
import { ROOT, renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { startMetallbController } from "./cluster/metallb.ts";
import { eventually } from "./cluster/program.ts";
import type { Cluster } from "./cluster/start-cluster.ts";
import {
  type Application,
  applicationSetNames,
  applicationsByName,
  describeUnready,
  isReady,
  ROOT_NAME,
} from "./gitops/applications.ts";
import { type Argocd, startArgocd } from "./gitops/argocd.ts";
import { createGitRepository, type GitRepository } from "./gitops/git-repository.ts";
import { publishIngresses } from "./gitops/publish-ingresses.ts";

// Six layers, one after another, each rendered, compared and waited for.
jest.setTimeout(900_000);

const PROFILE = "t495";
const TRAEFIK = "charts/infrastructure/templates/traefik/deployment.yaml";
const WEBHOOK = "charts/infrastructure/templates/metallb/webhook.yaml";
const LABELS = '{{- include "platform.labels" $c | nindent 8 }}';
const NEVER_READY = '\n        proof.t495.dev/never-ready: "true"';

const stage = new Stage(import.meta.filename);
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;
let repository: GitRepository;
let argocd: Argocd;
let stopPublishing: () => Promise<void>;

beforeAll(async () => {
  rendered = await renderProfile(PROFILE);
  cluster = await startTestCluster(rendered.plan, ["argocd", "metallb"], { empty: true });
  repository = await createGitRepository(ROOT, `${cluster.folder}/git`);
  rendered = await renderProfile(PROFILE, [`global.gitops.repoURL=${repository.url}`]);
  stopPublishing = publishIngresses(cluster.api, { namespace: "traefik", name: "traefik" });
});
afterAll(async () => {
  await stopPublishing?.();
  await cluster?.stop();
});

stage.claim(
  "the bootstrap brings Argo CD into an empty cluster, and a second run changes nothing",
  async () => {
    // Nothing answers at a Service's address here, and a webhook that is not reached refuses.
    await repository.commit("No webhook", WEBHOOK, () => "");
    await repository.commit("A proxy that never becomes ready", TRAEFIK, (text) =>
      text.replace(LABELS, `${LABELS}${NEVER_READY}`),
    );
    await runBootstrap(cluster, repository);
    argocd = await startArgocd(cluster, { helm: await testHelmPath(), workloads: rendered.workloads });
    expect((await applicationsByName(cluster.api)).size).toBe(2);
  },
);

stage.claim("a component of the first layer that never becomes ready holds back the second", async () => {
  await startMetallb();
  const ready = async (...names: string[]): Promise<boolean> => {
    const applications = await applicationsByName(cluster.api);
    return names.every((name) => isReady(applications.get(name) ?? NOTHING));
  };
  await eventually("the others of its layer are ready", () => ready("foundation", "longhorn", "metallb"), {
    seconds: 300,
    program: argocd.controller,
  }).catch(withState);
  // Longer than a resync: time enough to go on wrongly.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect([...(await applicationSetNames(cluster.api))].sort()).toEqual(["foundation", "infrastructure"]);
});

stage.claim("its fix, committed, frees everything else without a hand", async (figures) => {
  const started = Date.now();
  const commit = await repository.commit("Let the proxy become ready", TRAEFIK, (text) =>
    text.replace(NEVER_READY, ""),
  );
  await everythingReady(commit);
  figures.applications = (await applicationsByName(cluster.api)).size;
  figures.seconds = Math.round((Date.now() - started) / 1000);
});

async function startMetallb(): Promise<void> {
  const workload = rendered.workloads.find(({ manifest }) => manifest.name === "metallb-controller");
  if (workload === undefined) throw new Error("no Deployment metallb-controller is rendered");
  const { namespace, name, object } = workload.manifest;
  await eventually(
    "Argo CD has made MetalLB's Deployment",
    () =>
      cluster.api.get({ apiVersion: object.apiVersion, kind: "Deployment", namespace, name }).then(
        () => true,
        () => false,
      ),
    { seconds: 240, program: argocd.controller },
  ).catch(withState);
  await startMetallbController(cluster, workload);
}

/** Every ApplicationSet is there, and every Application of every component is ready at the commit. */
async function everythingReady(commit: string): Promise<void> {
  const { components } = rendered.plan;
  const enabled = Object.entries(components).filter(([, { enabled }]) => enabled);
  const wanted = [ROOT_NAME, "foundation", ...enabled.map(([name]) => name)];
  await eventually(
    "everything is Synced and Healthy",
    async () => {
      const applications = await applicationsByName(cluster.api);
      return wanted.every((name) => isReady(applications.get(name) ?? NOTHING, commit));
    },
    { seconds: 600, program: argocd.controller },
  ).catch(withState);
}

/** What Argo CD says about whatever is not as it should be. */
async function withState(error: Error): Promise<never> {
  const states = describeUnready(await applicationsByName(cluster.api));
  throw new Error([error.message, ...states].join("\n"));
}

const NOTHING: Application = { apiVersion: "", kind: "", metadata: { name: "" } };
