import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { compare } from "bcryptjs";
import { expectNoValue, LedgerTests, SYSTEM } from "./ledger-tests.ts";
import { runCli } from "./run-cli.ts";

const tests = new LedgerTests();

describe("list", () => {
  test("says what is where, how old and for whom, and no value", async () => {
    const cluster = tests.fullCluster();
    const result = await tests.secrets(cluster, "list");
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toMatch(/^postgresql-mlflow +platform-system, data, mlflow$/m);
    expect(result.stdout).toMatch(
      /keys and ages password \d+ d, used by Deployment mlflow\/mlflow, Job data\/postgresql-provision-/,
    );
    expect(result.stdout).toMatch(/✓ \d+ Secrets, all as the ledger says\n$/);
    expectNoValue(cluster, result, "old-");
  }, 30_000);

  test("names what is missing, what is empty and what differs", async () => {
    const cluster = tests.fullCluster();
    cluster.remove("Secret", "mlflow", "postgresql-mlflow");
    cluster.putSecret("data", "redis", { password: "another", "admin-password": "" });
    cluster.putSecret(SYSTEM, "grafana", { "admin-user": "admin" });
    const result = await tests.secrets(cluster, "list");
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
    const cluster = tests.fullCluster();
    const result = await tests.secrets(cluster, "rotate", "postgresql-mlflow", "--yes");
    expect(result.code).toBe(0);
    const job = tests.workload("postgresql-provision");
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
    const cluster = tests.fullCluster();
    cluster.fail("rollout restart");
    const broken = await tests.secrets(cluster, "rotate", "postgresql-mlflow", "--yes");
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain(
      "run `platform secrets rotate postgresql-mlflow` again: it goes on where it was",
    );
    const value = cluster.value(SYSTEM, "postgresql-mlflow", "password") ?? "";
    expect((await tests.secrets(cluster, "list")).stdout).toMatch(
      /a rotation of password that began .* is not\s+finished/,
    );
    // A copy that was not written, and a Job that was deleted and not made again.
    cluster.putSecret("mlflow", "postgresql-mlflow", { password: "old" });
    const job = tests.workload("postgresql-provision");
    cluster.remove("Job", "data", job);
    cluster.fail("");
    cluster.forget();
    const result = await tests.secrets(cluster, "rotate", "postgresql-mlflow", "password", "--yes");
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
    const cluster = tests.fullCluster();
    const { code, stdout } = await tests.secrets(cluster, "rotate", "registry-auth", "--yes");
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
    const cluster = tests.fullCluster();
    const result = await tests.secrets(cluster, "rotate", "grafana", "--yes");
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

  test.each(["\x03", "\x04", "no\r"])(
    "whoever answers %j changes nothing",
    async (answer) => {
      const cluster = tests.fullCluster();
      const { code, stderr } = await tests.atTerminal(cluster, answer, "rotate", "redis");
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("nothing was changed") });
      expect(cluster.changes()).toEqual([]);
    },
    30_000,
  );

  test("--dry-run and a missing terminal change nothing", async () => {
    const cluster = tests.fullCluster();
    expect((await tests.secrets(cluster, "rotate", "redis", "--dry-run")).code).toBe(0);
    const asked = await tests.secrets(cluster, "rotate", "redis");
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("add --yes") });
    expect(cluster.changes()).toEqual([]);
  }, 30_000);

  test.each<[string, readonly string[], string]>([
    ["a name that the ledger lacks", ["rediss"], "did you mean redis?"],
    ["what would lose data", ["grafana", "secret-key"], "add --accept-loss"],
  ])(
    "refuses %s",
    async (_, words, text) => {
      const cluster = tests.fullCluster();
      const { code, stderr } = await tests.secrets(cluster, "rotate", ...words, "--yes");
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
      expect(cluster.changes()).toEqual([]);
    },
    30_000,
  );

  test("refuses a cluster that lacks a consumer or a copy", async () => {
    const cluster = tests.fullCluster();
    cluster.remove("Deployment", "mlflow", "mlflow");
    const { stderr } = await tests.secrets(cluster, "rotate", "postgresql-mlflow", "--yes");
    expect(stderr).toContain("the cluster has no Deployment mlflow/mlflow");
    cluster.remove("Secret", "data", "redis");
    expect((await tests.secrets(cluster, "rotate", "redis", "--yes")).stderr).toContain(
      "Secret data/redis is not there",
    );
    expect(cluster.changes()).toEqual([]);
  }, 30_000);

  test("an object that is invalid is no lack of rights, and keeps its name", async () => {
    const cluster = tests.fullCluster();
    cluster.putSecret(SYSTEM, "minio-root", { user: "root", password: "old-password" });
    cluster.fail("replace", 'The Secret "minio-root" is invalid: data: Forbidden: field is immutable');
    const { stderr } = await tests.secrets(cluster, "rotate", "minio-root", "--yes");
    expect(stderr).toMatch(/^error: The Secret "minio-root" is invalid: data: Forbidden: field is immutable/);
    expect(stderr).not.toContain("administrator");
  }, 30_000);

  test("a server that refuses and quotes the object tells no value", async () => {
    const cluster = tests.fullCluster();
    cluster.fail("replace");
    const result = await tests.secrets(cluster, "rotate", "redis", "--yes");
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("told to fail");
    expect(result.stderr).not.toMatch(/[A-Za-z0-9+/]{40}/);
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
    const { code, stdout, stderr } = await runCli(["secrets", ...words], { cwd: tests.folder });
    expect({ code, stdout, first: stderr.split("\n")[0] }).toEqual({
      code: 2,
      stdout: "",
      first: `error: ${what}`,
    });
  });
});

test("without the Job nothing is rotated or exported, and the template says what to bring", async () => {
  writeFileSync(join(tests.folder, "own.yaml"), "global: { secrets: { generate: { enabled: false } } }\n");
  const cluster = tests.fullCluster();
  for (const words of [["rotate", "redis"], ["export"]]) {
    const { code, stderr } = await tests.secrets(cluster, ...words, "--profile", "own.yaml");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("where you keep them") });
  }
  const { code } = await tests.secrets(cluster, "list", "--profile", "own.yaml");
  expect(code).toBe(0);
  const { stdout } = await tests.secrets(
    cluster,
    "template",
    "--format",
    "external-secret",
    "--store",
    "vault",
  );
  expect(stdout).toMatch(/kind: ExternalSecret[\s\S]*name: vault/);
}, 60_000);

test("a template to be filled is its owner's alone, and never written over a filled one", async () => {
  const words = ["secrets", "template", "--output", "own.yaml.filled"];
  const file = join(tests.folder, "own.yaml.filled");
  expect(await runCli(words, { cwd: tests.folder })).toMatchObject({ code: 0, stdout: "" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, "filled");
  const again = await runCli(words, { cwd: tests.folder });
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("never overwritten") });
  expect(readFileSync(file, "utf8")).toBe("filled");
  symlinkSync("/dev/null", join(tests.folder, "device"));
  const device = await runCli([...words.slice(0, -1), "device"], { cwd: tests.folder });
  expect(device).toMatchObject({ code: 0, stdout: "" });
}, 60_000);
