import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { compare } from "bcryptjs";
import { type CliResult, runCli } from "./run-cli.ts";
import { SecretsCluster } from "./secrets-cluster.ts";

let folder: string;
/** The ledger's names and keys, as the platform itself says them. */
let manifests: readonly { namespace: string; name: string; keys: readonly string[] }[];
let workloads: readonly { kind: string; namespace: string; name: string }[];
const SYSTEM = "platform-system";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "platform-secrets-"));
  const { stdout } = await runCli(["secrets", "template"], { cwd: folder });
  manifests = stdout
    .split("---\n")
    .slice(1)
    .map((text) => ({
      namespace: / {2}namespace: (.+)/.exec(text)?.[1] ?? "",
      name: / {2}name: (.+)/.exec(text)?.[1] ?? "",
      keys: [...(text.split("stringData:\n")[1] ?? "").matchAll(/^ {2}([a-z-]+):/gm)].map(
        ([, key = ""]) => key,
      ),
    }));
  const rendered = (await runCli(["render"], { cwd: folder })).stdout;
  workloads = rendered.split(/^---$/m).flatMap((text) => {
    const kind = /^kind: (Deployment|StatefulSet|DaemonSet|Job)$/m.exec(text)?.[1];
    if (kind === undefined) return [];
    const name = /^ {2}name: "?([^"\n]+)/m.exec(text)?.[1] ?? "";
    return [{ kind, name, namespace: /^ {2}namespace: "?([^"\n]+)/m.exec(text)?.[1] ?? "" }];
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let number = 0;
/** A cluster that has everything. */
function fullCluster(): SecretsCluster {
  number += 1;
  const cluster = new SecretsCluster(join(folder, `cluster-${number}`));
  for (const { namespace, name, keys } of manifests) {
    const values = Object.fromEntries(keys.map((key) => [key, `old-${name}-${key}`]));
    cluster.putSecret(namespace, name, values);
    cluster.putSecret(SYSTEM, name, values);
  }
  for (const { kind, namespace, name } of workloads) {
    cluster.put(kind, namespace, name, kind === "Job" ? { spec: { template: { spec: {} } } } : {});
  }
  return cluster;
}

const secrets = (cluster: SecretsCluster, ...words: string[]): Promise<CliResult> =>
  runCli(["secrets", ...words], { cwd: folder, env: cluster.env });

/** No value may be on a screen, in an argument or in a file that is not encrypted. */
function expectNoValue(cluster: SecretsCluster, { stdout, stderr }: CliResult, ...values: string[]): void {
  const seen = [stdout, stderr, ...cluster.calls().map(({ args }) => args.join(" "))].join("\n");
  for (const value of values) {
    expect(seen).not.toContain(value);
    expect(seen).not.toContain(Buffer.from(value).toString("base64"));
  }
}

describe("list", () => {
  test("says what is where, how old and for whom, and no value", async () => {
    const cluster = fullCluster();
    const result = await secrets(cluster, "list");
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toMatch(/^postgresql-mlflow +platform-system, data, mlflow$/m);
    expect(result.stdout).toMatch(
      /keys and ages password \d+ d, used by Deployment mlflow\/mlflow, Job data\/postgresql-provision-/,
    );
    expect(result.stdout).toMatch(/✓ \d+ Secrets, all as the ledger says\n$/);
    expectNoValue(cluster, result, "old-");
  }, 30_000);

  test("names what is missing, what is empty and what differs", async () => {
    const cluster = fullCluster();
    cluster.remove("Secret", "mlflow", "postgresql-mlflow");
    cluster.putSecret("data", "redis", { password: "another", "admin-password": "" });
    cluster.putSecret(SYSTEM, "grafana", { "admin-user": "admin" });
    const result = await secrets(cluster, "list");
    expect(result.code).toBe(1);
    for (const line of [
      "✗ Secret postgresql-mlflow: it is not in mlflow",
      "✗ Secret redis: password in data differs from platform-system",
      "✗ Secret redis: admin-password is empty in data",
      "✗ Secret grafana: platform-system has no admin-password",
    ])
      expect(result.stdout).toContain(`${line}\n`);
    expectNoValue(cluster, result, "another");
  }, 30_000);
});

describe("rotate", () => {
  test("writes everywhere, then lets the server's Job run, then restarts who logs in", async () => {
    const cluster = fullCluster();
    const result = await secrets(cluster, "rotate", "postgresql-mlflow", "--yes");
    expect(result.code).toBe(0);
    const job = workloads.find(({ name }) => name.startsWith("postgresql-provision"))?.name;
    expect(cluster.changes()).toEqual([
      "replace Secret platform-system/postgresql-mlflow",
      "replace Secret data/postgresql-mlflow",
      "replace Secret mlflow/postgresql-mlflow",
      `delete job/${job} data`,
      `create Job data/${job}`,
      "rollout restart deployment/mlflow mlflow",
      "replace Secret platform-system/postgresql-mlflow",
    ]);
    const value = cluster.value(SYSTEM, "postgresql-mlflow", "password") ?? "";
    expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
    for (const namespace of ["data", "mlflow"])
      expect(cluster.value(namespace, "postgresql-mlflow", "password")).toBe(value);
    expect(Object.keys(cluster.annotations(SYSTEM, "postgresql-mlflow"))).toEqual(["t495.dev/rotated"]);
    expectNoValue(cluster, result, value);
  }, 30_000);

  test("an interrupted one goes on with the same value, and ends like another", async () => {
    const cluster = fullCluster();
    cluster.fail("rollout restart");
    const broken = await secrets(cluster, "rotate", "postgresql-mlflow", "--yes");
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain(
      "run `platform secrets rotate postgresql-mlflow` again: it goes on where it was",
    );
    const value = cluster.value(SYSTEM, "postgresql-mlflow", "password") ?? "";
    expect((await secrets(cluster, "list")).stdout).toMatch(
      /a rotation of password that began .* is not\s+finished/,
    );
    // A copy that was not written, and a Job that was deleted and not made again.
    cluster.putSecret("mlflow", "postgresql-mlflow", { password: "old" });
    const job = workloads.find(({ name }) => name.startsWith("postgresql-provision"))?.name ?? "";
    cluster.remove("Job", "data", job);
    cluster.fail("");
    cluster.forget();
    const result = await secrets(cluster, "rotate", "postgresql-mlflow", "password", "--yes");
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^Finish the rotation of password of Secret postgresql-mlflow$/m);
    expect(cluster.changes()).toEqual([
      "replace Secret mlflow/postgresql-mlflow",
      `delete job/${job} data`,
      `create Job data/${job}`,
      "rollout restart deployment/mlflow mlflow",
      "replace Secret platform-system/postgresql-mlflow",
    ]);
    expect(cluster.value("mlflow", "postgresql-mlflow", "password")).toBe(value);
    expect(cluster.annotations(SYSTEM, "postgresql-mlflow")).not.toHaveProperty(["t495.dev/rotation"]);
    expectNoValue(cluster, broken, value);
    expectNoValue(cluster, result, value);
  }, 60_000);

  test("an htpasswd line follows its password, and the registry reads it by itself", async () => {
    const cluster = fullCluster();
    const { code, stdout } = await secrets(cluster, "rotate", "registry-auth", "--yes");
    expect(code).toBe(0);
    expect(stdout).toContain("Deployment data/registry reads it again by itself");
    expect(cluster.changes()).toEqual([
      "replace Secret platform-system/registry-auth",
      "replace Secret data/registry-auth",
      "replace Secret platform-system/registry-auth",
    ]);
    const [user, hash = ""] = (cluster.value("data", "registry-auth", "htpasswd") ?? "").split(/:(.*)/s);
    expect(user).toBe("old-registry-auth-username");
    expect(hash).toMatch(/^\$2y\$10\$/);
    expect(await compare(cluster.value("data", "registry-auth", "password") ?? "", hash)).toBe(true);
  }, 30_000);

  test("Grafana is given its password on standard input; the key of its database stays", async () => {
    const cluster = fullCluster();
    const result = await secrets(cluster, "rotate", "grafana", "--yes");
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(
      /stays {2}secret-key: it would lose what Grafana's database keeps encrypted/,
    );
    const value = cluster.value("monitoring", "grafana", "admin-password") ?? "";
    const exec = cluster.calls().find(({ args }) => args[0] === "exec");
    expect(exec?.input).toBe(value);
    expect(exec?.args).toContain("deployment/grafana");
    expect(cluster.value(SYSTEM, "grafana", "secret-key")).toBe("old-grafana-secret-key");
    expect(cluster.changes().some((line) => line.startsWith("rollout"))).toBe(false);
    expectNoValue(cluster, result, value);
  }, 30_000);

  test("--dry-run and a missing terminal change nothing", async () => {
    const cluster = fullCluster();
    expect((await secrets(cluster, "rotate", "redis", "--dry-run")).code).toBe(0);
    const asked = await secrets(cluster, "rotate", "redis");
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("add --yes") });
    expect(cluster.changes()).toEqual([]);
  }, 30_000);

  test.each<[string, readonly string[], string]>([
    ["a name that the ledger lacks", ["rediss"], "did you mean redis?"],
    ["what would lose data", ["grafana", "secret-key"], "add --accept-loss"],
  ])(
    "refuses %s",
    async (_, words, text) => {
      const cluster = fullCluster();
      const { code, stderr } = await secrets(cluster, "rotate", ...words, "--yes");
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
      expect(cluster.changes()).toEqual([]);
    },
    30_000,
  );

  test("refuses a cluster that lacks a consumer or a copy", async () => {
    const cluster = fullCluster();
    cluster.remove("Deployment", "mlflow", "mlflow");
    const { stderr } = await secrets(cluster, "rotate", "postgresql-mlflow", "--yes");
    expect(stderr).toContain("the cluster has no Deployment mlflow/mlflow");
    cluster.remove("Secret", "data", "redis");
    expect((await secrets(cluster, "rotate", "redis", "--yes")).stderr).toContain(
      "Secret data/redis is not there",
    );
    expect(cluster.changes()).toEqual([]);
  }, 30_000);

  test("a server that refuses and quotes the object tells no value", async () => {
    const cluster = fullCluster();
    cluster.fail("replace");
    const result = await secrets(cluster, "rotate", "redis", "--yes");
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("told to fail");
    expect(result.stderr).not.toMatch(/[A-Za-z0-9+/]{40}/);
  }, 30_000);
});

describe("export and import", () => {
  const key = async (): Promise<{ identity: string; recipient: string; file: string }> => {
    const identity = await generateX25519Identity();
    const file = join(folder, `key-${number}.txt`);
    writeFileSync(file, `# created by a test\n${identity}\n`);
    return { identity, recipient: await identityToRecipient(identity), file };
  };

  test("what is exported is encrypted, the owner's alone, and comes back on an empty cluster", async () => {
    const cluster = fullCluster();
    const { identity, recipient, file } = await key();
    mkdirSync(join(folder, "kept"), { recursive: true });
    const exported = await secrets(
      cluster,
      "export",
      "--recipient",
      recipient,
      "--output",
      "kept/secrets.age",
    );
    expect(exported.code).toBe(0);
    expect(readdirSync(join(folder, "kept"))).toEqual(["secrets.age"]);
    const path = join(folder, "kept/secrets.age");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(text).not.toContain(Buffer.from("old-redis-password").toString("base64"));
    expectNoValue(cluster, exported, "old-");

    const empty = new SecretsCluster(join(folder, "empty"));
    const imported = await secrets(empty, "import", path, "--identity-file", file, "--yes");
    expect(imported.code).toBe(0);
    expect(empty.changes()[0]).toBe("create namespace platform-system");
    expect(empty.value(SYSTEM, "redis", "password")).toBe("old-redis-password");
    expectNoValue(empty, imported, "old-", identity);
    empty.forget();
    expect((await secrets(empty, "import", path, "--identity-file", file, "--yes")).code).toBe(0);
    expect(empty.changes()).toEqual([]);
  }, 60_000);

  test("adds keys that are missing, and writes nothing at all when a value differs", async () => {
    const cluster = fullCluster();
    const { recipient, file } = await key();
    await secrets(cluster, "export", "--recipient", recipient, "--output", "partly.age");
    const other = new SecretsCluster(join(folder, "other"));
    other.putSecret(SYSTEM, "redis", { password: "old-redis-password" });
    const words = ["import", "partly.age", "--identity-file", file, "--yes"];
    const { stdout } = await secrets(other, ...words, "--dry-run");
    expect(stdout).toMatch(/^extends {2}redis by admin-password$/m);
    expect(other.changes()).toEqual([]);
    other.putSecret(SYSTEM, "grafana", { "secret-key": "of another life" });
    const refused = await secrets(other, ...words);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^differs {2}grafana: secret-key$/m);
    expect(other.changes()).toEqual([]);
    other.remove("Secret", SYSTEM, "grafana");
    expect((await secrets(other, ...words)).code).toBe(0);
    expect(other.value(SYSTEM, "redis", "admin-password")).toBe("old-redis-admin-password");
  }, 60_000);

  test("a passphrase does instead of a key, and says what the cluster lacks", async () => {
    const cluster = fullCluster();
    cluster.remove("Secret", SYSTEM, "redis");
    writeFileSync(join(folder, "phrase"), "five words or so by chance\n");
    const { code, stdout, stderr } = await secrets(cluster, "export", "--passphrase-file", "phrase");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^not in it, because the cluster lacks them: redis$/m);
    writeFileSync(join(folder, "by-phrase.age"), stdout);
    const empty = new SecretsCluster(join(folder, "by-phrase"));
    const words = ["import", "by-phrase.age", "--passphrase-file", "phrase", "--dry-run"];
    expect((await secrets(empty, ...words)).stdout).toMatch(/^creates {2}argocd-redis, grafana, /);
  }, 90_000);

  test.each<[string, readonly string[], string]>([
    ["a recipient that is none", ["export", "--recipient", "age1nobody"], "is no age recipient"],
    ["a short passphrase", ["export", "--passphrase-file", "short"], "shorter than 12 characters"],
    ["nobody to ask", ["export"], "--passphrase-file"],
    ["a file that is not there", ["import", "nothing.age", "--passphrase-file", "short"], "cannot be read"],
    ["a file of another kind", ["import", "short", "--passphrase-file", "short"], "cannot be decrypted"],
    [
      "a key file without a key",
      ["import", "short", "--identity-file", "short"],
      "there is no age key in it",
    ],
  ])(
    "%s is bad input",
    async (_, words, text) => {
      writeFileSync(join(folder, "short"), "short\n");
      const { code, stdout, stderr } = await secrets(fullCluster(), ...words);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(text);
    },
    60_000,
  );

  test("what is decrypted and no export changes nothing", async () => {
    const { recipient, file } = await key();
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    writeFileSync(join(folder, "foreign.age"), await encrypter.encrypt('{"items":[{"kind":"ConfigMap"}]}'));
    const { code, stderr } = await secrets(fullCluster(), "import", "foreign.age", "--identity-file", file);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("no list of Secrets") });
  }, 30_000);

  test("any program that knows age opens it", async () => {
    const cluster = fullCluster();
    const { identity, recipient } = await key();
    const { stdout } = await secrets(cluster, "export", "--recipient", recipient);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const { armor } = await import("age-encryption");
    const list = JSON.parse(await decrypter.decrypt(armor.decode(stdout), "text"));
    expect(list).toMatchObject({ apiVersion: "v1", kind: "List" });
    expect(list.items[0]).toMatchObject({ kind: "Secret", metadata: { namespace: SYSTEM } });
    expect(list.items[0].metadata).not.toHaveProperty("resourceVersion");
  }, 30_000);
});

describe("bad input", () => {
  test.each<[string, string]>([
    ["", "secrets needs a command"],
    ["lst", "secrets has no command lst"],
    ["list --yes", "platform secrets list does not take --yes"],
    ["rotate", "an argument is missing"],
    ["import a b", '"b" is one too many'],
    ["template --format externalsecret", "there is no format externalsecret"],
  ])("platform secrets %s", async (line, what) => {
    const words = line.split(" ").filter((word) => word !== "");
    const { code, stdout, stderr } = await runCli(["secrets", ...words], { cwd: folder });
    expect({ code, stdout, first: stderr.split("\n")[0] }).toEqual({
      code: 2,
      stdout: "",
      first: `error: ${what}`,
    });
  });
});

test("without the Job nothing is rotated or exported, and the template says what to bring", async () => {
  writeFileSync(join(folder, "own.yaml"), "global: { secrets: { generate: { enabled: false } } }\n");
  const cluster = fullCluster();
  for (const words of [["rotate", "redis"], ["export"]]) {
    const { code, stderr } = await secrets(cluster, ...words, "--profile", "own.yaml");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("where you keep them") });
  }
  const { code } = await secrets(cluster, "list", "--profile", "own.yaml");
  expect(code).toBe(0);
  const { stdout } = await secrets(cluster, "template", "--format", "external-secret", "--store", "vault");
  expect(stdout).toMatch(/kind: ExternalSecret[\s\S]*name: vault/);
}, 60_000);
