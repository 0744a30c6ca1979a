import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { KubernetesObject } from "@t495/proof";
import { type AgeKey, makeAgeKey } from "../../scripts/test/age-key.ts";
import { renderProfile, startTestCluster } from "../test/platform.ts";
import { runPlatform } from "../test/platform-command.ts";
import { ApiError } from "./api/api-client.ts";
import { Stage } from "./claims/claim.ts";
import { runCreateSecrets } from "./cluster/create-secrets.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import { type Cluster, createNamespace } from "./cluster/start-cluster.ts";

const stage = new Stage(import.meta.filename);
const SECRET = { apiVersion: "v1", kind: "Secret" } as const;
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;
let key: AgeKey;
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
    expect(data(await secrets())).toEqual(data(first));
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

stage.claim(
  "`secrets rotate` gives every copy the same new value, and only who uses it restarts or runs again",
  async (figures) => {
    const [secretsBefore, workloadsBefore] = [await secrets(), await workloads()];
    await runPlatform(cluster, ["secrets", "rotate", "postgresql-mlflow", "--yes"]);
    const now = await secrets();
    const changed = [...now].filter(
      ([name, secret]) => valuesOf(secret) !== valuesOf(secretsBefore.get(name)),
    );
    const places = ["data", "mlflow", "platform-system"].map((namespace) => `${namespace}/postgresql-mlflow`);
    expect(changed.map(([name]) => name)).toEqual(places);
    expect(new Set(changed.map(([, secret]) => valuesOf(secret))).size).toBe(1);
    const acted = [...(await workloads())].filter(([name, state]) => workloadsBefore.get(name) !== state);
    expect(acted.map(([name]) => name.replace(/-[0-9a-f]{8}$/, "")).sort()).toEqual([
      "Deployment mlflow/mlflow",
      "Job data/postgresql-provision",
    ]);
    figures.copies = changed.length;
  },
);

stage.claim(
  "`secrets list` has no complaint, knows the age of what was rotated, and shows no value; nor does `export`",
  async () => {
    key = await makeAgeKey(join(cluster.folder, "age.key"));
    const [output] = await Promise.all([
      runPlatform(cluster, ["secrets", "list", "--format=json"]),
      runPlatform(cluster, ["secrets", "export", `--recipient=${key.recipient}`, `--output=${backup()}`]),
    ]);
    const rows = JSON.parse(output) as readonly {
      readonly name: string;
      readonly problems: readonly string[];
      readonly keys: readonly { readonly key: string; readonly since: string }[];
    }[];
    expect(rows.filter(({ problems }) => problems.length > 0)).toEqual([]);
    const rotated = rows.find(({ name }) => name === "postgresql-mlflow")?.keys[0]?.since ?? "";
    const source = (await secrets()).get("platform-system/postgresql-mlflow");
    expect(Date.parse(rotated)).toBeGreaterThan(Date.parse(String(source?.metadata.creationTimestamp)));
    const shown = output + (await readFile(backup(), "utf8"));
    for (const value of await longValues()) expect(shown).not.toContain(value);
  },
);

stage.claim(
  "`secrets import` brings every value back into a cluster without any, and the Job makes the same copies",
  async (figures) => {
    const before = await made();
    const gone = [...before.values()].map(({ metadata: { namespace, name } }) => ({
      ...SECRET,
      namespace,
      name,
    }));
    await Promise.all(gone.map((secret) => cluster.api.delete(secret)));
    await runPlatform(cluster, ["secrets", "import", backup(), `--identity-file=${key.file}`, "--yes"]);
    const imported = [...(await made()).keys()];
    expect(imported).toEqual([...before.keys()].filter((name) => name.startsWith("platform-system/")));
    figures.imported = imported.length;
    expect(await runCreateSecrets(cluster)).toMatchObject({ exitCode: 0 });
    expect(data(await made())).toEqual(data(before));
  },
);

function backup(): string {
  return join(cluster.folder, "secrets.age");
}

/** What a restart changes of each workload, and a new run of each Job, by `Kind namespace/name`. */
async function workloads(): Promise<ReadonlyMap<string, string>> {
  const apps = ["Deployment", "StatefulSet", "DaemonSet"].map((kind) => ({ apiVersion: "apps/v1", kind }));
  const kinds = [...apps, { apiVersion: "batch/v1", kind: "Job" }];
  const found = await Promise.all(
    kinds.map(async (kind) => ({ kind, objects: await cluster.api.list(kind) })),
  );
  return new Map(
    found.flatMap(({ kind: { kind }, objects }) =>
      objects.map(({ metadata, spec }): [string, string] => {
        const { template } = spec as { readonly template: unknown };
        const state = kind === "Job" ? metadata.uid : JSON.stringify(template);
        return [`${kind} ${metadata.namespace}/${metadata.name}`, String(state)];
      }),
    ),
  );
}

/** Every value that is no name, as it is and in base64. */
async function longValues(): Promise<readonly string[]> {
  return [...(await secrets()).values()]
    .flatMap((secret) => Object.values(dataOf(secret)))
    .flatMap((encoded) => [encoded, Buffer.from(encoded, "base64").toString()])
    .filter((value) => value.length >= 20);
}

function data(all: ReadonlyMap<string, KubernetesObject>): unknown {
  return [...all].map(([name, secret]) => [name, dataOf(secret)]);
}

function valuesOf(secret: KubernetesObject | undefined): string {
  return JSON.stringify(dataOf(secret));
}

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

/** The Secrets that the Job has made, or an import of them. */
async function made(): Promise<ReadonlyMap<string, KubernetesObject>> {
  const label = "app.kubernetes.io/managed-by";
  return new Map(
    [...(await secrets())].filter(([, { metadata }]) => metadata.labels?.[label] === "create-secrets"),
  );
}

function dataOf(secret: KubernetesObject | undefined): Record<string, string> {
  return (secret?.data ?? {}) as Record<string, string>;
}

function versions(all: ReadonlyMap<string, KubernetesObject>): unknown {
  return [...all].map(([name, { metadata }]) => [name, metadata.resourceVersion]);
}
