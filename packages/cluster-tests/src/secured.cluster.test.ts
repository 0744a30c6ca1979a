import { afterAll, beforeAll, expect } from "@jest/globals";
import type { KubernetesObject } from "@t495/proof";
import { renderProfile, startTestCluster } from "../test/platform.ts";
import { ApiError } from "./api/api-client.ts";
import { Stage } from "./claims/claim.ts";
import { runCreateSecrets } from "./cluster/create-secrets.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import { type Cluster, createNamespace } from "./cluster/start-cluster.ts";

const stage = new Stage(import.meta.filename);
const SECRET = { apiVersion: "v1", kind: "Secret" } as const;
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;
let first: ReadonlyMap<string, KubernetesObject>;

beforeAll(async () => {
  rendered = await renderProfile("t495");
  cluster = await startTestCluster(rendered.plan);
  await applyInOrder(cluster.api, rendered.index.all);
});
afterAll(() => cluster?.stop());

stage.claim(
  "the Job's program makes every Secret of the ledger, as its own ServiceAccount",
  async (figures) => {
    expect(await runCreateSecrets(cluster)).toMatchObject({ exitCode: 0 });
    first = await secrets();
    figures.secrets = first.size;
    const { components, secrets: planned } = rendered.plan;
    const wanted = Object.entries(planned.ledger)
      .filter(([, { enabled, component }]) => enabled && components[component]?.enabled !== false)
      .flatMap(([name, { namespaces, keys }]) =>
        namespaces.map((namespace) => [`${namespace}/${name}`, Object.keys(keys).sort()]),
      );
    const made = wanted.map(([name]) => [name, Object.keys(dataOf(first.get(String(name)))).sort()]);
    expect(made).toEqual(wanted);
  },
);

stage.claim("a second run changes nothing, not even a version", async () => {
  expect(await runCreateSecrets(cluster)).toMatchObject({ exitCode: 0 });
  expect(versions(await secrets())).toEqual(versions(first));
});

stage.claim(
  "a lost copy comes back with the same value, and a restart of the API server in between loses none",
  async () => {
    await cluster.api.delete({ ...SECRET, namespace: "mlflow", name: "postgresql-mlflow" });
    const apiServer = cluster.programs.find(({ name }) => name === "kube-apiserver");
    await apiServer?.stop("SIGKILL");
    await cluster.startApiServer();
    expect(await runCreateSecrets(cluster)).toMatchObject({ exitCode: 0 });
    const now = await secrets();
    const data = (all: ReadonlyMap<string, KubernetesObject>): unknown =>
      [...all].map(([name, secret]) => [name, dataOf(secret)]);
    expect(data(now)).toEqual(data(first));
  },
);

stage.claim("its ServiceAccount reads no Secret that it has not to make", async (figures) => {
  await createNamespace(cluster.api, "elsewhere");
  await cluster.api.apply({
    ...SECRET,
    metadata: { name: "foreign", namespace: "elsewhere" },
    stringData: { key: "value" },
  });
  const { api } = cluster;
  const own = cluster.clientFor(await api.tokenOf("platform-system", "create-secrets"));
  const attempts: readonly (() => Promise<unknown>)[] = [
    () => own.list(SECRET),
    () => own.list(SECRET, "kube-system"),
    () => own.get({ ...SECRET, namespace: "elsewhere", name: "foreign" }),
    () => own.get({ ...SECRET, namespace: "argocd", name: "argocd-initial-admin-secret" }),
    () => own.list({ apiVersion: "v1", kind: "Pod" }, "data"),
    () => own.delete({ ...SECRET, namespace: "data", name: "postgresql" }),
  ];
  figures.attempts = attempts.length;
  const statuses = await Promise.all(
    attempts.map((attempt) =>
      attempt().then(
        () => "allowed",
        (error) => (error instanceof ApiError ? error.status : String(error)),
      ),
    ),
  );
  expect(statuses).toEqual(attempts.map(() => 403));
});

/** Every Secret of the ledger's namespaces, by `namespace/name`; tokens of ServiceAccounts are not among them. */
async function secrets(): Promise<ReadonlyMap<string, KubernetesObject>> {
  const all = await cluster.api.list(SECRET);
  return new Map(
    all
      .map((secret): [string, KubernetesObject] => [
        `${secret.metadata.namespace}/${secret.metadata.name}`,
        secret,
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function dataOf(secret: KubernetesObject | undefined): Record<string, string> {
  return (secret?.data ?? {}) as Record<string, string>;
}

function versions(all: ReadonlyMap<string, KubernetesObject>): unknown {
  return [...all].map(([name, { metadata }]) => [name, metadata.resourceVersion]);
}
