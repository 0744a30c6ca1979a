import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  createContext,
  KEYS_WITH_EFFECT,
  type Plan,
  planRotation,
  type Rotation,
  readPlan,
  rotationEffect,
  type SecretConsumer,
  SOURCE_NAMESPACE,
  secretConsumers,
  secretFacts,
  secretLedger,
} from "@t495/proof";
import { INSTALL_MS, openTestPlatform, PROFILES } from "../test/open-platform.ts";

interface Opened {
  readonly plan: Plan;
  readonly consumers: ReadonlyMap<string, readonly SecretConsumer[]>;
}

const profiles = new Map<string, Opened>();

beforeAll(async () => {
  const platform = await openTestPlatform();
  for (const profile of PROFILES) {
    const { manifests } = await platform.render({ profile });
    const plan = readPlan(manifests);
    if (plan === undefined) throw new Error(`${profile} has no plan`);
    const consumers = secretConsumers(createContext(manifests, plan), secretLedger(plan));
    profiles.set(profile, { plan, consumers });
  }
}, INSTALL_MS);

function opened(profile: string): Opened {
  const found = profiles.get(profile);
  if (found === undefined) throw new Error(`${profile} was not rendered`);
  return found;
}

/** A rotation on a cluster that has everything. */
function rotate(profile: string, name: string, ...keys: string[]): Rotation {
  const { plan, consumers } = opened(profile);
  const entry = secretLedger(plan).get(name);
  if (entry === undefined) throw new Error(`the ledger has no ${name}`);
  const data = Object.fromEntries(Object.keys(entry.keys).map((key) => [key, "YQ=="]));
  const secrets = [SOURCE_NAMESPACE, ...entry.namespaces].map((namespace) => ({
    metadata: { namespace, name },
    data,
  }));
  const request = { name, keys, acceptLoss: false };
  return planRotation(
    request,
    entry,
    consumers.get(name) ?? [],
    secretFacts(secrets, (value) => value),
  );
}

/** Hashes of Jobs change with what they run. */
const withoutHash = (name: string): string => name.replace(/-[0-9a-f]{8}$/, "");

function stepsOf({ steps, readAgain }: Rotation): readonly string[] {
  return [
    ...steps.map((step) =>
      step.do === "command"
        ? `tell ${step.namespace}/${step.workload}`
        : `${step.do} ${step.targets.map(({ namespace, name }) => `${namespace}/${withoutHash(name)}`).join(", ")}`,
    ),
    ...readAgain.map(({ namespace, name }) => `${namespace}/${name} reads again`),
  ];
}

const PROVISION = "run-again data/postgresql-provision";
const BUCKETS = "run-again data/minio-provision";

/** By Secret and keys. */
const ROTATIONS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  // The start script sets the superuser's password; the Job logs in with it and sets those of the roles.
  ["postgresql", ["password"], ["restart data/postgresql", PROVISION]],
  // The backup reads it when it runs.
  ["postgresql", ["backup-password"], [PROVISION]],
  ["postgresql-metrics", [], ["restart data/postgresql", PROVISION]],
  ["postgresql-mlflow", [], [PROVISION, "restart mlflow/mlflow"]],
  ["postgresql-jupyterhub", [], [PROVISION, "restart jupyter/jupyterhub-hub"]],
  // The start script writes the users.
  ["redis", [], ["restart data/redis"]],
  ["redis-metrics", [], ["restart data/redis"]],
  ["minio-root", [], ["restart data/minio", BUCKETS]],
  ["minio-backups", [], [BUCKETS]],
  ["minio-mlflow", [], [BUCKETS, "restart mlflow/mlflow"]],
  // Its readers are notebook servers, which people start and stop.
  ["minio-notebooks", [], [BUCKETS]],
  ["registry-auth", [], ["data/registry reads again"]],
  ["registry-http", [], ["restart data/registry"]],
  // `prepare` gives the accounts their passwords before the server starts.
  ["mlflow", [], ["restart mlflow/mlflow"]],
  ["mlflow-notebooks", [], ["restart mlflow/mlflow"]],
  ["jupyterhub", ["cookie-secret"], ["restart jupyter/jupyterhub-hub"]],
  ["jupyterhub", ["admin-password"], ["restart jupyter/jupyterhub-hub"]],
  ["jupyterhub", ["proxy-token"], ["restart jupyter/jupyterhub-hub, jupyter/jupyterhub-proxy"]],
  [
    "argocd-redis",
    [],
    [
      "restart argocd/argocd-redis, argocd/argocd-repo-server, argocd/argocd-server, argocd/argocd-application-controller",
    ],
  ],
  ["grafana", [], ["tell monitoring/deployment/grafana"]],
  ["traefik-dashboards", [], ["restart traefik/traefik"]],
];

describe("what a rotation of the platform's Secrets does, by the scripts of its charts", () => {
  test.each(ROTATIONS)("%s %j", (name, keys, steps) => {
    expect(stepsOf(rotate("t495", name, ...keys))).toEqual(steps);
  });

  test("every Secret of the ledger is in the table", () => {
    const names = new Set(ROTATIONS.map(([name]) => name));
    expect([...secretLedger(opened("t495").plan).keys()].toSorted()).toEqual([...names].toSorted());
  });
});

test.each(PROFILES)("%s: whoever reads a random key learns the new one, or somebody is told", (profile) => {
  const { plan } = opened(profile);
  for (const [name, { keys }] of secretLedger(plan)) {
    for (const [key, { type }] of Object.entries(keys)) {
      const { loses } = rotationEffect(name, key);
      if (type !== "random" || loses !== undefined) continue;
      const rotation = rotate(profile, name, key);
      const done = [...rotation.steps, ...rotation.readAgain, ...rotation.afterwards].length;
      expect({ name, key, done: done > 0 }).toEqual({ name, key, done: true });
    }
  }
});

test("what is known of a key is of a key that there is, and that is random", () => {
  const { ledger } = opened("t495").plan.secrets;
  for (const id of KEYS_WITH_EFFECT) {
    const [name = "", key = ""] = id.split("/");
    expect({ id, type: ledger[name]?.keys[key]?.type }).toEqual({ id, type: "random" });
  }
});

test("notebook servers are nobody's to restart but their owners', who are told", () => {
  const { consumers } = opened("t495");
  expect(consumers.get("minio-notebooks")?.map(({ kind }) => kind)).toContain("ConfigMap");
  expect(stepsOf(rotate("t495", "minio-notebooks", "secret-key")).join()).not.toContain("jupyter");
  expect(rotate("t495", "minio-notebooks", "secret-key").afterwards.join()).toMatch(/stop and start them/);
});
