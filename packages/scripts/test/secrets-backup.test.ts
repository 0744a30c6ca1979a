import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { armor, Decrypter, Encrypter } from "age-encryption";
import { type AgeKey, makeAgeKey } from "./age-key.ts";
import { expectNoValue, LedgerTests, SYSTEM } from "./ledger-tests.ts";

const tests = new LedgerTests();

let keys = 0;
const key = (): Promise<AgeKey> => {
  keys += 1;
  return makeAgeKey(join(tests.folder, `key-${keys}.txt`));
};

test("what is exported is encrypted, the owner's alone, and comes back on an empty cluster", async () => {
  const cluster = tests.fullCluster();
  const { identity, recipient, file } = await key();
  mkdirSync(join(tests.folder, "kept"), { recursive: true });
  const exported = await tests.secrets(
    cluster,
    "export",
    "--recipient",
    recipient,
    "--output",
    "kept/secrets.age",
  );
  expect(exported.code).toBe(0);
  expect(readdirSync(join(tests.folder, "kept"))).toEqual(["secrets.age"]);
  const path = join(tests.folder, "kept/secrets.age");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
  expect(text).not.toContain(Buffer.from("old-redis-password").toString("base64"));
  expectNoValue(cluster, exported, "old-");

  const empty = tests.emptyCluster();
  const imported = await tests.secrets(empty, "import", path, "--identity-file", file, "--yes");
  expect(imported.code).toBe(0);
  expect(empty.changes()[0]).toBe("create namespace platform-system");
  expect(empty.value(SYSTEM, "redis", "password")).toBe("old-redis-password");
  expectNoValue(empty, imported, "old-", identity);
  empty.forget();
  expect((await tests.secrets(empty, "import", path, "--identity-file", file, "--yes")).code).toBe(0);
  expect(empty.changes()).toEqual([]);
}, 60_000);

test("adds keys that are missing, and writes nothing at all when a value differs", async () => {
  const cluster = tests.fullCluster();
  const { recipient, file } = await key();
  await tests.secrets(cluster, "export", "--recipient", recipient, "--output", "partly.age");
  const other = tests.emptyCluster();
  other.putSecret(SYSTEM, "redis", { password: "old-redis-password" });
  const words = ["import", "partly.age", "--identity-file", file, "--yes"];
  const { stdout } = await tests.secrets(other, ...words, "--dry-run");
  expect(stdout).toMatch(/^extends {2}redis by admin-password$/m);
  expect(other.changes()).toEqual([]);
  other.putSecret(SYSTEM, "grafana", { "secret-key": "of another life" });
  const refused = await tests.secrets(other, ...words);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/^differs {2}grafana: secret-key$/m);
  expect(other.changes()).toEqual([]);
  other.remove("Secret", SYSTEM, "grafana");
  expect((await tests.secrets(other, ...words)).code).toBe(0);
  expect(other.value(SYSTEM, "redis", "admin-password")).toBe("old-redis-admin-password");
}, 60_000);

test("a passphrase does instead of a key, and says what the cluster lacks", async () => {
  const cluster = tests.fullCluster();
  cluster.remove("Secret", SYSTEM, "redis");
  writeFileSync(join(tests.folder, "phrase"), "five words or so by chance\n");
  const { code, stdout, stderr } = await tests.secrets(cluster, "export", "--passphrase-file", "phrase");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^not in it, because the cluster lacks them: redis$/m);
  writeFileSync(join(tests.folder, "by-phrase.age"), stdout);
  const empty = tests.emptyCluster();
  const words = ["import", "by-phrase.age", "--passphrase-file", "phrase", "--dry-run"];
  expect((await tests.secrets(empty, ...words)).stdout).toMatch(/^creates {2}argocd-redis, grafana, /);
}, 90_000);

test("an export is never written over another", async () => {
  const cluster = tests.fullCluster();
  const { recipient } = await key();
  writeFileSync(join(tests.folder, "precious.age"), "of another life");
  const words = ["export", "--recipient", recipient, "--output"];
  const refused = await tests.secrets(cluster, ...words, "precious.age");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("never overwritten");
  expect(readFileSync(join(tests.folder, "precious.age"), "utf8")).toBe("of another life");
  expect(cluster.calls()).toEqual([]);
}, 60_000);

test("an export is not written over a file that came while the passphrase was awaited", async () => {
  const phrase = join(tests.folder, "asked");
  execFileSync("mkfifo", [phrase]);
  const words = ["export", "--passphrase-file", "asked", "--output", "late.age"];
  const exporting = tests.secrets(tests.fullCluster(), ...words);
  // Opened as soon as the command reads it.
  const answer = await open(phrase, "w");
  writeFileSync(join(tests.folder, "late.age"), "of another life");
  await answer.writeFile("five words or so by chance\n");
  await answer.close();
  expect(await exporting).toMatchObject({ code: 2, stderr: expect.stringContaining("never overwritten") });
  expect(readFileSync(join(tests.folder, "late.age"), "utf8")).toBe("of another life");
}, 60_000);

test("a private key is not shown, wherever it was given", async () => {
  const { identity } = await key();
  const asRecipient = await tests.secrets(tests.fullCluster(), "export", "--recipient", identity);
  expect(asRecipient).toMatchObject({ code: 2, stderr: expect.stringContaining("must stay secret") });
  expect(asRecipient.stderr).not.toContain(identity);
  const damaged = `${identity.slice(0, -1)}${identity.endsWith("Q") ? "P" : "Q"}`;
  writeFileSync(join(tests.folder, "damaged.key"), `${damaged}\n`);
  writeFileSync(join(tests.folder, "any.age"), "age-encryption.org/v1\n");
  const words = ["import", "any.age", "--identity-file", "damaged.key"];
  const asIdentity = await tests.secrets(tests.fullCluster(), ...words);
  expect(asIdentity).toMatchObject({ code: 2, stderr: expect.stringContaining("its age key is damaged") });
  expect(asIdentity.stderr).not.toContain(damaged);
}, 60_000);

test.each<[string, readonly string[], string]>([
  ["a recipient that is none", ["export", "--recipient", "age1nobody"], "is no age recipient"],
  ["a short passphrase", ["export", "--passphrase-file", "short"], "shorter than 12 characters"],
  ["nobody to ask", ["export"], "--passphrase-file"],
  ["a file that is not there", ["import", "nothing.age", "--passphrase-file", "short"], "cannot be read"],
  ["a file of another kind", ["import", "short", "--passphrase-file", "short"], "cannot be decrypted"],
  [
    "a key and a passphrase",
    ["import", "short", "--identity-file", "short", "--passphrase-file", "short"],
    "not with both",
  ],
  ["a key file without a key", ["import", "short", "--identity-file", "short"], "there is no age key in it"],
])(
  "%s is bad input",
  async (_, words, text) => {
    writeFileSync(join(tests.folder, "short"), "short\n");
    const { code, stdout, stderr } = await tests.secrets(tests.fullCluster(), ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(text);
  },
  60_000,
);

test("what is decrypted and no export changes nothing", async () => {
  const { recipient, file } = await key();
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  writeFileSync(
    join(tests.folder, "foreign.age"),
    await encrypter.encrypt('{"items":[{"kind":"ConfigMap"}]}'),
  );
  const { code, stderr } = await tests.secrets(
    tests.fullCluster(),
    "import",
    "foreign.age",
    "--identity-file",
    file,
  );
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("no list of Secrets") });
}, 30_000);

test("any program that knows age opens it", async () => {
  const cluster = tests.fullCluster();
  const { identity, recipient } = await key();
  const { stdout } = await tests.secrets(cluster, "export", "--recipient", recipient);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const list = JSON.parse(await decrypter.decrypt(armor.decode(stdout), "text"));
  expect(list).toMatchObject({ apiVersion: "v1", kind: "List" });
  expect(list.items[0]).toMatchObject({ kind: "Secret", metadata: { namespace: SYSTEM } });
  expect(list.items[0].metadata).not.toHaveProperty("resourceVersion");
}, 30_000);
