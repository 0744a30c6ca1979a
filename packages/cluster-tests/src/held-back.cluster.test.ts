import { afterAll, beforeAll, expect, jest } from "@jest/globals";
import { deployment, runBootstrap, testHelmPath, testTraefikPath } from "../test/gitops.ts";
import { ROOT, renderProfile, startTestCluster } from "../test/platform.ts";
import { runPlatform } from "../test/platform-command.ts";
import { Stage } from "./claims/claim.ts";
import { runCreateSecrets } from "./cluster/create-secrets.ts";
import { startMetallbController } from "./cluster/metallb.ts";
import { eventually } from "./cluster/program.ts";
import type { Cluster } from "./cluster/start-cluster.ts";
import { isWaiting, podsOf, warningsOf } from "./cluster/workloads.ts";
import {
  allReady,
  announcing,
  applicationSetNames,
  applicationsByName,
  withState,
} from "./gitops/applications.ts";
import { type Argocd, startArgocd } from "./gitops/argocd.ts";
import { createGitRepository, type GitRepository } from "./gitops/git-repository.ts";
import { startTraefik } from "./gitops/traefik.ts";

jest.setTimeout(600_000);

/** The smallest: whatever holds back the layers has nothing to do with their size. */
const PROFILE = "small-16gb";
const UMBRELLA = "charts/platform-umbrella/values.yaml";
const POLICIES = "charts/foundation/templates/networkpolicies.yaml";
const QUOTAS = "charts/foundation/templates/resourcequotas.yaml";
const REDIS = "charts/data-services/templates/redis/deployment.yaml";
const WEBHOOK = "charts/infrastructure/templates/metallb/webhook.yaml";
/** Time enough to go on wrongly: whoever waits for health is told of it within seconds. */
const WATCHED_MS = 12_000;

const BAD_POLICY = 'podSelector: { matchLabels: { "no/such/label": "" } }';
const BAD_QUOTA = 'limits.memory: {{ ternary "16Mi" $budget.memory (eq $name "metallb-system") | quote }}';
const QUOTA = "limits.memory: {{ $budget.memory | quote }}";
const LEDGER = "traefik-dashboards:\n        enabled: true";
const NEVER_READY = '\n        proof.t495.dev/never-ready: "true"';
const LABELS = '{{- include "platform.labels" $c | nindent 8 }}';
const REDIS_ON = "redis: { layer: data-services, namespace: data, enabled: true";

const stage = new Stage(import.meta.filename);
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;
let announced: GitRepository;
let argocd: Argocd;

beforeAll(async () => {
  rendered = await renderProfile(PROFILE);
  const options = { empty: true, awaitSecrets: true };
  cluster = await startTestCluster(rendered.plan, ["argocd", "metallb"], options);
  const repository = await createGitRepository(ROOT, `${cluster.folder}/git`);
  rendered = await renderProfile(PROFILE, [`global.gitops.repoURL=${repository.url}`]);
  await repository.commit("Three defects of foundation, and a cache that never becomes ready", {
    [POLICIES]: (text) => text.replace("podSelector: {}", BAD_POLICY),
    [QUOTAS]: (text) => text.replace(QUOTA, BAD_QUOTA),
    [UMBRELLA]: (text) => text.replace(LEDGER, LEDGER.replace("true", "false")),
    [REDIS]: (text) => text.replace(LABELS, `${LABELS}${NEVER_READY}`),
    // The port of MetalLB's webhook cannot be moved, and another stage may have it.
    [WEBHOOK]: () => "",
  });
  await runBootstrap(cluster, repository);
  announced = announcing(repository, cluster.api);
  argocd = await startArgocd(cluster, { helm: await testHelmPath(), workloads: rendered.workloads });
});
afterAll(() => cluster?.stop());

stage.claim("a network policy of foundation that is refused holds back every layer", async () => {
  await eventually("Argo CD says that the policy is refused", async () => {
    const { operationState, conditions = [] } =
      (await applicationsByName(cluster.api)).get("foundation")?.status ?? {};
    // One that is there already is refused when it is compared, a new one when it is applied.
    return [operationState, ...conditions].some((said) =>
      /NetworkPolicy.*is invalid/.test(said?.message ?? ""),
    );
  }).catch(withState(cluster.api));
  await holdsBack("infrastructure");
});

stage.claim("its mend, committed, lets the first layer begin without a hand", async (figures) => {
  const started = Date.now();
  const commit = await announced.commit("Mend the policy", {
    [POLICIES]: (text) => text.replace(BAD_POLICY, "podSelector: {}"),
  });
  await allReady(cluster.api, ["foundation"], { commit, program: argocd.controller() });
  expect(await runCreateSecrets(cluster)).toMatchObject({ exitCode: 0 });
  await appears("infrastructure");
  figures.seconds = secondsSince(started);
});

stage.claim("a quota that is too small holds back the next layer", async () => {
  await eventually("MetalLB's pod is refused", async () =>
    (await warningsOf(cluster.api, ["FailedCreate"])).some((warning) => /exceeded quota/.test(warning)),
  ).catch(withState(cluster.api));
  await holdsBack("data-services");
});

stage.claim(
  "its mend frees who waited for it, and a Secret that is missing goes on to hold",
  async (figures) => {
    const started = Date.now();
    const commit = await announced.commit("Mend the quota", {
      [QUOTAS]: (text) => text.replace(BAD_QUOTA, QUOTA),
    });
    const controller = deployment(rendered.workloads, "metallb-controller");
    await startMetallbController(cluster, controller);
    await allReady(cluster.api, ["foundation", "metallb"], { commit, program: argocd.controller() });
    figures.seconds = secondsSince(started);
    await startTraefik(cluster, await testTraefikPath(), deployment(rendered.workloads, "traefik"));
    // Nothing but the pod is missing, and the pod has its place.
    const service = { apiVersion: "v1", kind: "Service", namespace: "traefik", name: "traefik" };
    await eventually("Traefik has its address", async () => {
      const { status } = await cluster.api.get(service);
      return (status as { loadBalancer: { ingress?: unknown[] } }).loadBalancer.ingress !== undefined;
    });
    const pods = await podsOf(cluster.api, "traefik");
    expect(pods.map((pod) => [pod.status?.phase, isWaiting(pod)])).toEqual([["Pending", false]]);
    await holdsBack("data-services");
  },
);

stage.claim("the mend of the ledger makes the Secret, and the next layer begins", async (figures) => {
  const started = Date.now();
  const commit = await announced.commit("Mend the ledger", {
    [UMBRELLA]: (text) => text.replace(LEDGER.replace("true", "false"), LEDGER),
  });
  await allReady(cluster.api, ["foundation"], { commit, program: argocd.controller() });
  expect(await runCreateSecrets(cluster)).toMatchObject({ exitCode: 0 });
  await appears("data-services");
  figures.seconds = secondsSince(started);
});

stage.claim(
  "a component that blocks and is switched off blocks on until `platform unblock` ends root's sync",
  async (figures) => {
    const others = ["minio", "postgresql", "registry"];
    await allReady(cluster.api, others, { program: argocd.controller() });
    await announced.commit("Without the cache", {
      [UMBRELLA]: (text) => text.replace(REDIS_ON, REDIS_ON.replace("true", "false")),
    });
    await holdsBack("monitoring");
    const started = Date.now();
    await runPlatform(cluster, ["unblock"]);
    await appears("monitoring");
    figures.seconds = secondsSince(started);
    // What may hold data is left to a hand, and counts no more.
    const left = (await applicationsByName(cluster.api)).get("redis");
    expect(left?.status?.health?.status).toMatch(/Progressing|Degraded|Missing/);
  },
);

async function holdsBack(layer: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  expect(await applicationSetNames(cluster.api)).not.toContain(layer);
}

async function appears(layer: string): Promise<void> {
  await eventually(
    `the layer ${layer} begins`,
    async () => (await applicationSetNames(cluster.api)).includes(layer),
    {
      ...{ seconds: 300, program: argocd.controller() },
    },
  ).catch(withState(cluster.api));
}

function secondsSince(started: number): number {
  return Math.round((Date.now() - started) / 1000);
}
