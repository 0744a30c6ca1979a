import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { InputError } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { MLFLOW_VERSION, MlflowPod, mlflowPrograms, type MlflowPod as Pod } from "../test/mlflow-pod.ts";
import { findPostgresql } from "../test/postgresql-programs.ts";
import { findPython, PYTHON_MISSING } from "../test/python-programs.ts";
import type { Secrets } from "../test/real-pod.ts";
import { eventually, run } from "../test/real-program.ts";
import { renderDataService } from "../test/render-data-service.ts";
import { starterScript } from "../test/starter-notebook.ts";
import { BUILD_MS } from "../test/tool-cache.ts";

// Two processes import all of MLflow, and the schema is some fifty migrations.
jest.setTimeout(120_000);

const python = await findPython();
const postgresql = await findPostgresql("18");
const here = python === undefined || postgresql === undefined ? undefined : { python, postgresql };

describe("what is rendered", () => {
  const setting = (text: string): string => `ml-platform.mlflow.${text}`;

  test("the program that is tested is the one that is deployed", async () => {
    const manifests = await renderDataService("mlflow");
    const deployment = JSON.stringify(manifests.find("apps", "Deployment", "mlflow", "mlflow")?.object);
    expect(deployment).toContain(`"ghcr.io/mlflow/mlflow:v${MLFLOW_VERSION}-full"`);
  });

  test("the connections of all processes stay below those of the role", async () => {
    const environment = async (...settings: string[]): Promise<string> =>
      JSON.stringify(
        (await renderDataService("mlflow", settings)).find("apps", "Deployment", "mlflow", "mlflow")?.object,
      );
    const pool = (size: number): string => `{"name":"MLFLOW_SQLALCHEMYSTORE_POOL_SIZE","value":"${size}"}`;
    expect(await environment()).toContain(pool(8));
    const two = [setting("workers=2"), setting("resources.limits.memory=2Gi")];
    expect(await environment(...two)).toContain(pool(4));
  });

  test.each([
    ["processes that do not fit the memory", "workers=3", /3 workers are 5 processes of 300 MiB.*1Gi/],
    ["a permission that does not exist", "defaultPermission=ALL", /defaultPermission/],
    ["root", "uid=0", /uid/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderDataService("mlflow", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});

// Each test goes on where the one before stopped, as on a node.
describeReal(`MLflow ${MLFLOW_VERSION} itself`, here, PYTHON_MISSING, (programs) => {
  const secret = (name: string): string => `${name}${randomUUID()}`;
  const secrets: Secrets = {
    postgresql: { password: secret("super"), "backup-password": secret("backup") },
    "postgresql-metrics": { password: secret("metrics") },
    "postgresql-mlflow": { password: secret("database") },
    "postgresql-jupyterhub": { password: secret("hub") },
    mlflow: { username: "admin", password: secret("admin"), "session-key": secret("session") },
    "mlflow-notebooks": { username: "notebooks", password: secret("notebooks") },
    "minio-mlflow": { "access-key": "mlflow", "secret-key": secret("store") },
  };
  const admin = ["admin", secrets.mlflow?.password] as const;
  const notebooks = ["notebooks", secrets["mlflow-notebooks"]?.password] as const;
  const search = { path: "/api/2.0/mlflow/experiments/search", method: "POST", body: { max_results: 5 } };
  let pod: Pod;

  beforeAll(async () => {
    pod = await MlflowPod.create(await mlflowPrograms(programs.python), programs.postgresql, secrets);
  }, BUILD_MS);

  afterAll(() => pod?.remove());

  test("waits for PostgreSQL, which makes its database after it has started", async () => {
    const preparing = await pod.beginToPrepare();
    const waits = async (): Promise<boolean> => preparing.stdout().includes("waiting for PostgreSQL");
    await eventually("it waits", waits, preparing);
    await pod.database.bootUntilReady();
    expect(await pod.database.provision()).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await preparing.ended;
    expect(stdout).toMatch(/waiting for PostgreSQL: .*refused/);
    expect(stdout).toMatch(/made the account admin\nmade the account notebooks\n/);
    expect(exitCode).toBe(0);
    expect(await pod.database.asMlflow("SELECT count(*) FROM alembic_version, alembic_version_auth")).toBe(
      "1",
    );
  });

  test("a second migration changes nothing", async () => {
    const schema =
      "SELECT md5(string_agg(table_name || column_name || data_type, ',' ORDER BY 1)) FROM information_schema.columns WHERE table_schema = 'public'";
    const before = await pod.database.asMlflow(schema);
    const { exitCode, stdout } = await pod.prepare();
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(await pod.database.asMlflow(schema)).toBe(before);
  });

  test("answers by the names that it has here, and to nobody who calls it otherwise", async () => {
    await pod.serve();
    const names = [
      "mlflow",
      "mlflow:5000",
      "mlflow.mlflow.svc:5000",
      "mlflow.mlflow.svc.cluster.local:5000",
      "mlflow.t495.home.arpa",
      "192.168.1.242:5000",
      "localhost:5000",
    ];
    for (const host of names)
      expect([host, (await pod.ask({ ...search, account: admin, host })).status]).toEqual([host, 200]);
    for (const host of ["evil.example", "192.168.1.240:5000", "mlflow.mlflow.svc.evil.example"]) {
      const { status, text } = await pod.ask({ ...search, account: admin, host });
      expect([host, status, text]).toEqual([host, 403, expect.stringContaining("Invalid Host header")]);
    }
    // As the kubelet asks: by the pod's address, without a password.
    expect((await pod.ask({ path: "/health", host: "10.42.0.17:5000" })).status).toBe(200);
  });

  test("its own pages may change something, those of others may not", async () => {
    const ask = { ...search, account: admin };
    for (const origin of ["https://mlflow.t495.home.arpa", `http://192.168.1.242:${pod.port}`])
      expect([origin, (await pod.ask({ ...ask, origin })).status]).toEqual([origin, 200]);
    expect((await pod.ask({ ...ask, origin: "https://evil.example" })).status).toBe(403);
  });

  test("asks everybody for a password", async () => {
    expect((await pod.ask(search)).status).toBe(401);
    expect((await pod.ask({ ...search, account: ["admin", "wrong"] })).status).toBe(401);
    expect((await pod.ask({ ...search, account: ["admin", "password1234"] })).status).toBe(401);
    expect((await pod.ask({ ...search, account: notebooks })).status).toBe(200);
    const users = { path: "/api/2.0/mlflow/users/list" };
    expect((await pod.ask({ ...users, account: admin })).text).toContain('"notebooks"');
    // What everybody may know of the others; the documentation says why it stays so.
    const seen = JSON.parse((await pod.ask({ ...users, account: notebooks })).text) as { users: object[] };
    expect(seen.users).toHaveLength(2);
    for (const user of seen.users)
      expect(Object.keys(user).sort()).toEqual(["id", "is_admin", "roles", "username"]);
    const promoted = { path: "/api/2.0/mlflow/users/update-admin", method: "PATCH" };
    const body = { username: "notebooks", is_admin: true };
    expect((await pod.ask({ ...promoted, account: notebooks, body })).status).toBe(403);
  });

  test("the starter notebook logs a run; its artifact goes through MLflow into the bucket", async () => {
    const environment = {
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${pod.port}`,
      MLFLOW_TRACKING_USERNAME: notebooks[0],
      MLFLOW_TRACKING_PASSWORD: notebooks[1],
      JUPYTERHUB_USER: "ada",
    };
    // The address is not one of the names that MLflow is called by here.
    const script = (await starterScript()).replace(
      'request.add_header("Content-Type"',
      'request.add_header("Host", "mlflow.mlflow.svc:5000"); request.add_header("Content-Type"',
    );
    for (const attempt of ["first", "second"]) {
      const { exitCode, stdout, stderr } = await run(programs.python, ["-c", script], { env: environment });
      expect([attempt, exitCode, stderr]).toEqual([attempt, 0, ""]);
      expect(stdout).toMatch(/^loss \d\.\d+e-\d+ at 1\.\d+/);
    }
    const runs =
      "SELECT e.name, r.status, count(*) FROM runs r JOIN experiments e USING (experiment_id) GROUP BY 1, 2";
    expect(await pod.database.asMlflow(runs)).toBe("first-steps-ada|FINISHED|2");
    expect(await pod.database.asMlflow("SELECT count(*) FROM metrics WHERE key = 'loss'")).toBe("50");
    const stored = [...pod.store.objects];
    expect(stored.map(([path]) => path)).toEqual([
      expect.stringMatching(/^\/mlflow\/\d+\/[0-9a-f]{32}\/artifacts\/report\.json$/),
      expect.stringMatching(/^\/mlflow\/\d+\/[0-9a-f]{32}\/artifacts\/report\.json$/),
    ]);
    expect(stored[0]?.[1].body.toString()).toContain('"position": 1.0');
    expect(stored[0]?.[1].authorization).toContain("Credential=mlflow/");
  });

  test("is two processes in half of the memory that the plan gives it", async () => {
    expect(await pod.processes()).toBe(2);
    const size = await pod.mebibytes();
    process.stderr.write(`MLflow with one worker: ${size.toFixed(0)} MiB\n`);
    expect(size).toBeLessThan(600);
  });

  test("holds no more connections than its share", async () => {
    await Promise.all(Array.from({ length: 30 }, () => pod.ask({ ...search, account: notebooks })));
    const used = Number(
      await pod.database.asSuperuser("SELECT count(*) FROM pg_stat_activity WHERE usename = 'mlflow'"),
    );
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThanOrEqual(24);
  });

  test("a changed Secret holds from the next start on", async () => {
    expect((await pod.stop()).exitCode).toBe(0);
    pod.secrets = { ...secrets, mlflow: { ...secrets.mlflow, password: "another password" } };
    const { stdout } = await pod.prepare();
    expect(stdout).toBe("renewed the password of admin\n");
    await pod.serve();
    expect((await pod.ask({ ...search, account: admin })).status).toBe(401);
    expect((await pod.ask({ ...search, account: ["admin", "another password"] })).status).toBe(200);
    const { stdout: log, stderr } = await pod.stop();
    for (const values of Object.values(pod.secrets))
      for (const value of Object.values(values).filter((text) => text.length > 12))
        expect(log + stderr).not.toContain(value);
  });
});
