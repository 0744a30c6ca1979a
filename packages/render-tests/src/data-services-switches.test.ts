import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Manifest, type Platform, prove } from "@t495/proof";
import { INSTALL_MS, openTestPlatform } from "../test/open-platform.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await openTestPlatform();
}, INSTALL_MS);

const off = (paths: readonly string[]): string[] => paths.map((path) => `${path}.enabled=false`);

/** A switch, and what the documentation of its component says must be switched with it. */
const SWITCHES: readonly (readonly [string, ...string[]])[] = [
  ["data-services.postgresql.backup", "global.flows.postgresql-backup", "global.flows.postgresql-backup-dns"],
  [
    "data-services.postgresql.metrics",
    "global.flows.postgresql-metrics",
    "global.secrets.ledger.postgresql-metrics",
  ],
  [
    "data-services.postgresql.databases.jupyterhub",
    "global.secrets.ledger.postgresql-jupyterhub",
    "global.components.jupyterhub",
  ],
  [
    "data-services.postgresql.databases.mlflow",
    "global.secrets.ledger.postgresql-mlflow",
    "global.components.mlflow",
  ],
  ["data-services.redis.metrics", "global.flows.redis-metrics", "global.secrets.ledger.redis-metrics"],
  ["data-services.minio.buckets.backups", "global.secrets.ledger.minio-backups"],
];

async function findings(settings: readonly string[]): Promise<readonly string[]> {
  const { manifests } = await platform.render({ profile: "t495", settings });
  const proof = prove({ manifests, today: "2026-11-24", tools: {} });
  return proof.findings.map(({ message }) => message);
}

describe("a switch and what goes with it", () => {
  test.each(SWITCHES)("%s is proven", async (...paths) => {
    expect(await findings(off(paths))).toEqual([]);
  });

  test.each(SWITCHES)("%s alone is not", async (path) => {
    expect(await findings(off([path]))).not.toEqual([]);
  });
});

describe("what every workload of the data services has in common", () => {
  let manifests: readonly Manifest[];

  beforeAll(async () => {
    ({ manifests } = await platform.render({ profile: "t495" }));
  });

  test("a pod that never becomes ready does not keep a revert from being rolled out", () => {
    const sets = manifests.filter(({ kind, namespace }) => kind === "StatefulSet" && namespace === "data");
    expect(sets.map(({ name }) => name).sort()).toEqual(["minio", "postgresql"]);
    for (const { object } of sets) expect(object.spec).toMatchObject({ podManagementPolicy: "Parallel" });
  });

  test("a claim that leaves Git stays, and its Application is not out of sync for it", () => {
    const claims = manifests.filter(({ kind }) => kind === "PersistentVolumeClaim");
    expect(claims.map(({ name }) => name)).toEqual(expect.arrayContaining(["postgresql-backup", "registry"]));
    for (const { object } of claims) {
      expect(object.metadata?.annotations).toMatchObject({
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
        "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
      });
    }
  });

  test("each workload runs as an account of its own", () => {
    const accounts = manifests.filter(
      ({ kind, namespace }) => kind === "ServiceAccount" && namespace === "data",
    );
    expect(accounts.map(({ name }) => name).sort()).toEqual([
      "minio",
      "minio-provision",
      "postgresql",
      "postgresql-backup",
      "postgresql-provision",
      "redis",
      "registry",
    ]);
  });

  test("a policy that admits nothing in a direction says so by its type alone", () => {
    const policy = manifests.find(
      ({ kind, name }) => kind === "NetworkPolicy" && name === "postgresql-provision",
    );
    expect(policy?.object.spec).toMatchObject({ policyTypes: ["Ingress", "Egress"] });
    expect(policy?.object.spec).not.toHaveProperty("ingress");
  });
});
