import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import type { ManifestIndex } from "@t495/proof";
import {
  CreateSecretsJob,
  findJobTools,
  JOB_TOOLS_MISSING,
  jobLedger,
  type LedgerEntry,
  renderFoundation,
} from "../test/create-secrets-job.ts";
import { describeReal } from "../test/describe-real.ts";
import { freePort } from "../test/free-port.ts";
import type { Result } from "../test/real-program.ts";
import { SecretsApi } from "../test/secrets-api.ts";

const tools = await findJobTools();
/** A run takes a tenth of a second; a machine that does other things at once may take many. */
jest.setTimeout(60_000);

let rendered: ManifestIndex;

beforeAll(async () => {
  rendered = await renderFoundation();
});

describeReal("the Job's program", tools, JOB_TOOLS_MISSING, (programs) => {
  const random = { type: "random", length: 24, value: "" } as const;
  const name = { type: "literal", length: 0, value: "clerk" } as const;
  const line = { type: "htpasswd", length: 0, value: "user:password" } as const;
  const entry = (namespaces: string[], keys: LedgerEntry["keys"]): LedgerEntry => ({
    enabled: true,
    component: "postgresql",
    namespaces,
    keys,
  });
  /** Names of the rendered ledger, since the rendered roles know no others. */
  const SHARED = { "postgresql-mlflow": entry(["data", "mlflow"], { password: random }) };
  const LOGIN = { "registry-auth": entry(["data"], { line, user: name, password: random }) };

  let job: CreateSecretsJob;
  let api: SecretsApi;
  let server: string;

  beforeAll(async () => {
    job = await CreateSecretsJob.create(rendered, programs);
  });
  beforeEach(async () => {
    api = job.server();
    server = await api.listen();
  });
  afterEach(async () => api.close());
  afterAll(async () => job?.remove());

  async function settle(ledger?: Record<string, LedgerEntry>, ...further: string[]): Promise<Result> {
    const result = await (await job.start(server, ledger, further)).ended;
    const output = result.stdout + result.stderr;
    for (const { data } of api.secrets.values()) {
      for (const encoded of Object.values(data)) {
        const value = Buffer.from(encoded, "base64").toString();
        if (encoded.length > 8) expect(output).not.toContain(encoded);
        // What is shorter is a literal of the ledger, such as `root`.
        if (value.length >= 20) expect(output).not.toContain(value);
      }
    }
    return result;
  }

  test("makes every Secret of the rendered ledger, with the rendered rights, and then changes nothing", async () => {
    const first = await settle();
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    const ledger = jobLedger(rendered);
    for (const [secret, { namespaces, keys }] of Object.entries(ledger)) {
      for (const [key, recipe] of Object.entries(keys)) {
        const value = api.value("platform-system", secret, key);
        if (recipe.type === "literal") expect(value).toBe(recipe.value);
        if (recipe.type === "random") expect(value).toMatch(new RegExp(`^[A-Za-z0-9]{${recipe.length}}$`));
        if (recipe.type === "htpasswd") expect(value).toMatch(/^[a-z]+:\$2y\$04\$[./A-Za-z0-9]{53}$/);
        for (const namespace of namespaces) expect(api.value(namespace, secret, key)).toBe(value);
      }
    }
    expect(api.secrets.get("mlflow/postgresql-mlflow")).toMatchObject({
      type: "Opaque",
      metadata: {
        labels: { "app.kubernetes.io/managed-by": "create-secrets" },
        annotations: { "t495.dev/ledger": "global.secrets.ledger.postgresql-mlflow" },
      },
    });
    const before = [...api.secrets];
    api.writes.length = 0;
    expect(await settle()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(api.writes).toEqual([]);
    expect([...api.secrets]).toEqual(before);
  });

  test("restores a copy, adds a key, and leaves what is there", async () => {
    await settle(SHARED);
    const password = api.value("platform-system", "postgresql-mlflow", "password");
    api.secrets.delete("mlflow/postgresql-mlflow");
    api.put(
      "data",
      "postgresql-mlflow",
      { password: password ?? "", own: "kept" },
      { labels: { own: "kept" } },
    );
    const more = { "postgresql-mlflow": entry(["data", "mlflow"], { password: random, further: random }) };
    expect(await settle(more)).toMatchObject({ exitCode: 0, stderr: "" });
    const further = api.value("platform-system", "postgresql-mlflow", "further");
    expect(further).toHaveLength(random.length);
    for (const namespace of ["platform-system", "data", "mlflow"]) {
      expect(api.value(namespace, "postgresql-mlflow", "password")).toBe(password);
      expect(api.value(namespace, "postgresql-mlflow", "further")).toBe(further);
    }
    expect(api.value("data", "postgresql-mlflow", "own")).toBe("kept");
    expect(api.secrets.get("data/postgresql-mlflow")?.metadata.labels).toEqual({ own: "kept" });
  });

  test("adopts what stands in a consumer's namespace when the source is lost", async () => {
    api.put("mlflow", "postgresql-mlflow", { password: "of-the-running-database" });
    expect(await settle(SHARED)).toMatchObject({ exitCode: 0, stderr: "" });
    for (const namespace of ["platform-system", "data"])
      expect(api.value(namespace, "postgresql-mlflow", "password")).toBe("of-the-running-database");
  });

  test.each([
    [
      "a copy that differs",
      "platform-system",
      /data\/postgresql-mlflow: password differs from Secret platform-system/,
    ],
    ["copies that differ, without a source", "mlflow", /password is lost, and its copies differ/],
  ])("reports %s, touches nothing of it, and settles the rest", async (_what, other, message) => {
    api.put(other, "postgresql-mlflow", { password: "one-value-of-the-two" });
    api.put("data", "postgresql-mlflow", { password: "the-other-of-the-two" });
    const { exitCode, stderr } = await settle({ ...SHARED, ...LOGIN });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(api.value(other, "postgresql-mlflow", "password")).toBe("one-value-of-the-two");
    expect(api.value("data", "postgresql-mlflow", "password")).toBe("the-other-of-the-two");
    expect(api.value("data", "registry-auth", "password")).toHaveLength(random.length);
  });

  test("hashes the password that is there, and does not copy an empty one", async () => {
    api.put("platform-system", "registry-auth", { user: "clerk", password: "" });
    const { exitCode, stderr } = await settle(LOGIN);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/registry-auth: password is empty\n.*no htpasswd line without password/);
    expect(api.value("data", "registry-auth", "password")).toBeUndefined();
    expect(api.value("data", "registry-auth", "line")).toBeUndefined();
  });

  test("makes no other password while there is a line of the old one", async () => {
    api.put("platform-system", "registry-auth", { user: "clerk" });
    api.put("data", "registry-auth", { user: "clerk", line: "clerk:$2y$04$old" });
    const { exitCode, stderr } = await settle(LOGIN);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "registry-auth: password is lost, and line is made of it: remove line everywhere",
    );
    expect(api.value("data", "registry-auth", "password")).toBeUndefined();
    api.put("platform-system", "registry-auth", { user: "clerk" });
    api.put("data", "registry-auth", { user: "clerk" });
    expect(await settle(LOGIN)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("says that a literal is not the ledger's, and keeps it", async () => {
    api.put("platform-system", "registry-auth", { user: "librarian" });
    const { exitCode, stderr } = await settle(LOGIN);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/registry-auth: user is not what the ledger says/);
    expect(api.value("data", "registry-auth", "user")).toBe("librarian");
    expect(api.value("data", "registry-auth", "line")).toMatch(/^librarian:\$2y\$/);
  });

  test("takes no refusal for an absence", async () => {
    const { allows } = api;
    api.allows = (call) => call.namespace !== "mlflow" && allows(call);
    const { exitCode, stderr } = await settle({ ...SHARED, ...LOGIN });
    expect(exitCode).toBe(75);
    expect(stderr).toMatch(
      /cannot read Secret mlflow\/postgresql-mlflow: .* 403 User "create-secrets" cannot get/,
    );
    expect([...api.secrets.keys()]).toEqual(["platform-system/registry-auth", "data/registry-auth"]);
  });

  test("names a namespace that is not there, and serves the others", async () => {
    api.before = ({ verb, namespace }) => {
      if (verb === "create" && namespace === "data")
        SecretsApi.refuse(404, "NotFound", 'namespaces "data" not found');
    };
    const { exitCode, stderr } = await settle(SHARED);
    expect(exitCode).toBe(75);
    expect(stderr).toMatch(
      /cannot create Secret data\/postgresql-mlflow: .* 404 namespaces "data" not found/,
    );
    expect(api.value("mlflow", "postgresql-mlflow", "password")).toHaveLength(random.length);
  });

  test("runs that overlap agree on every value", async () => {
    const ledger = { ...SHARED, ...LOGIN };
    const results = await Promise.all([1, 2, 3, 4].map(() => settle(ledger)));
    for (const result of results) expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    const source = api.value("platform-system", "postgresql-mlflow", "password");
    for (const namespace of ["data", "mlflow"])
      expect(api.value(namespace, "postgresql-mlflow", "password")).toBe(source);
    expect(api.writes).toHaveLength(5);
  });

  test("begins anew when a Secret appears or changes under its hands", async () => {
    let meddled = 0;
    api.before = ({ verb, namespace }) => {
      if (verb === "get" || meddled === 2) return;
      meddled += 1;
      api.put(namespace, "postgresql-mlflow", { password: "made-by-somebody-else", step: String(meddled) });
    };
    const more = { "postgresql-mlflow": entry(["data"], { password: random, further: random }) };
    expect(await settle(more)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(meddled).toBe(2);
    for (const namespace of ["platform-system", "data"])
      expect(api.value(namespace, "postgresql-mlflow", "password")).toBe("made-by-somebody-else");
  });

  test("waits for an API server that is away, and for one that is not well", async () => {
    const port = await freePort();
    const later = job.server();
    let failures = 2;
    later.before = () => {
      failures -= 1;
      if (failures >= 0) SecretsApi.refuse(503, "ServiceUnavailable", "starting");
    };
    const running = await job.start(`https://127.0.0.1:${port}`, SHARED);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await later.listen(port);
    const { exitCode, stdout } = await running.ended;
    await later.close();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/waiting for the API server: .*refused/);
    expect(stdout).toMatch(/waiting for the API server: it answers 503/);
    expect(later.secrets.size).toBe(3);
  });

  test("gives up in the end, having made nothing", async () => {
    api.before = ({ verb }) => {
      if (verb === "get") SecretsApi.refuse(500, "InternalError", "etcd");
    };
    const { exitCode, stderr } = await settle({ ...SHARED, ...LOGIN }, "--patience=1");
    expect(exitCode).toBe(75);
    expect(stderr).toMatch(/^the API server did not serve GET \S+ for 1 s: it answers 500\n$/);
    expect(api.secrets.size).toBe(0);
  });

  test("talks to nobody else", async () => {
    const { exitCode, stderr } = await settle(SHARED, `--ca-file=${job.file("other-ca.crt")}`);
    expect(exitCode).toBe(75);
    expect(stderr).toMatch(/the API server's certificate is not trusted/);
    const plain = await settle(SHARED, `--server=${server.replace("https", "http")}`);
    expect(plain.exitCode).toBe(1);
    expect(plain.stderr).toMatch(/not an https address/);
  });
});
