import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { InputError, type ManifestIndex, prove } from "@t495/proof";
import { describeReal } from "../test/describe-real.ts";
import { missingFrom } from "../test/expositions.ts";
import { hubPrograms, JupyterhubPods, PROXY_VERSION, proxyProgram } from "../test/jupyterhub-pods.ts";
import type { ApiObject } from "../test/kubernetes-object.ts";
import { findPostgresql } from "../test/postgresql-programs.ts";
import { findPython, PYTHON_MISSING } from "../test/python-programs.ts";
import type { Secrets } from "../test/real-pod.ts";
import { eventually, run } from "../test/real-program.ts";
import { renderDataService } from "../test/render-data-service.ts";
import { renderPlatform } from "../test/render-platform.ts";
import { starterNotebook } from "../test/starter-notebook.ts";
import { BUILD_MS } from "../test/tool-cache.ts";

jest.setTimeout(120_000);

const python = await findPython();
const postgresql = await findPostgresql("18");
const here = python === undefined || postgresql === undefined ? undefined : { python, postgresql };

describe("what is rendered", () => {
  const setting = (text: string): string => `ml-platform.jupyterhub.${text}`;

  test("the proxy that is tested is the one that is deployed", async () => {
    const manifests = await renderDataService("jupyterhub");
    const proxy = manifests.find("apps", "Deployment", "jupyter", "jupyterhub-proxy")?.object;
    expect(JSON.stringify(proxy)).toContain(`configurable-http-proxy:${PROXY_VERSION}"`);
  });

  test("no server is larger than the plan counts it, and a smaller profile is smaller in everything", async () => {
    const { servers } = settingsOf(await renderDataService("jupyterhub"));
    expect(servers.activeServerLimit).toBe(2);
    expect(servers.profiles).toEqual([
      {
        name: "full",
        title: "Full share",
        requests: { memoryMebibytes: 512, cpuMillicores: 100 },
        limits: { memoryMebibytes: 1536, cpuMillicores: 750 },
      },
      {
        name: "half",
        title: "Half a share",
        requests: { memoryMebibytes: 256, cpuMillicores: 50 },
        limits: { memoryMebibytes: 768, cpuMillicores: 375 },
      },
    ]);
  });

  test("more servers than the quota has room for are a finding", async () => {
    const { findings } = await proofOf([setting("servers.active=3")]);
    expect(findings.map(({ rule, object }) => `${rule} ${object?.namespace}`)).toContain(
      "quota-fits jupyter",
    );
  });

  test("a server finds the components that are there, and only those", async () => {
    const off = ["mlflow", "localstack"].map((name) => `global.components.${name}.enabled=false`);
    const { environment } = settingsOf(await renderDataService("jupyterhub", off)).servers;
    expect(Object.keys(environment).sort()).toEqual([
      "AWS_ACCESS_KEY_ID",
      "AWS_DEFAULT_REGION",
      "AWS_ENDPOINT_URL_S3",
      "AWS_SECRET_ACCESS_KEY",
      "PLATFORM",
      "S3_BUCKET",
    ]);
  });

  test.each([
    ["a default that is no profile", "servers.defaultProfile=huge", /servers.profiles has full, half/],
    ["a profile larger than the whole", "servers.profiles.full.percent=120", /percent/],
    ["no server at all", "servers.active=0", /active/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderDataService("jupyterhub", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe("the starter notebook", () => {
  test("is a notebook of format 4.5 without outputs", async () => {
    const { nbformat, cells } = await starterNotebook();
    expect(nbformat).toBe(4);
    expect(
      cells.filter((cell) => "outputs" in cell).map((cell) => (cell as { outputs: unknown }).outputs),
    ).toEqual(Array.from({ length: 4 }, () => []));
  });

  test("is copied into a home once", async () => {
    const directory = await mkdtemp(join(tmpdir(), "starter-"));
    try {
      const data = (await renderDataService("jupyterhub")).find(
        "",
        "ConfigMap",
        "jupyter",
        "jupyterhub-starter",
      )?.object.data as Record<string, string>;
      for (const [name, text] of Object.entries(data)) await writeFile(join(directory, name), text);
      const home = await mkdtemp(join(directory, "home-"));
      const copy = async (): Promise<number | null> =>
        (
          await run("sh", [join(directory, "copy-starter.sh")], {
            env: { PATH: process.env.PATH, HOME: home },
          })
        ).exitCode;
      expect(await copy()).toBe(0);
      expect(await readFile(join(home, "start.ipynb"), "utf8")).toBe(data["start.ipynb"]);
      await rm(join(home, "start.ipynb"));
      expect(await copy()).toBe(0);
      await expect(readFile(join(home, "start.ipynb"))).rejects.toThrow("ENOENT");
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

// Each test goes on where the one before stopped, as on a node.
describeReal("JupyterHub itself", here, PYTHON_MISSING, (found) => {
  const secret = (name: string): string => `${name}${randomUUID()}`;
  const secrets: Secrets = {
    postgresql: { password: secret("super"), "backup-password": secret("backup") },
    "postgresql-metrics": { password: secret("metrics") },
    "postgresql-mlflow": { password: secret("mlflow") },
    "postgresql-jupyterhub": { password: secret("database") },
    jupyterhub: {
      "admin-password": secret("admin"),
      "cookie-secret": secret("cookie"),
      "proxy-token": secret("token"),
    },
  };
  let pods: JupyterhubPods;
  let admin: string;

  beforeAll(async () => {
    const [hub, proxy] = await Promise.all([hubPrograms(found.python), proxyProgram()]);
    pods = await JupyterhubPods.create({ hub, proxy, postgresql: found.postgresql }, secrets);
  }, BUILD_MS);

  afterAll(() => pods?.remove());

  const inDatabase = (text: string): Promise<string> =>
    pods.database.sql("jupyterhub", secrets["postgresql-jupyterhub"]?.password, "jupyterhub", text);

  test("waits for PostgreSQL, then starts as rendered and sets the proxy's route", async () => {
    const waiting = await pods.beginToWait();
    await eventually("it waits", async () => waiting.stdout().includes("waiting for PostgreSQL"), waiting);
    await pods.database.bootUntilReady();
    expect(await pods.database.provision()).toMatchObject({ exitCode: 0 });
    expect(await waiting.ended).toMatchObject({ exitCode: 0, stderr: "" });
    await pods.startProxy();
    await pods.startHub();
    expect(await inDatabase("SELECT username, is_authorized FROM users_info")).toBe("admin|t");
    expect((await pods.fetch("/")).headers.get("location")).toBe("/hub/");
    const metrics = await (await pods.fetch("/hub/metrics")).text();
    expect(await missingFrom("jupyterhub", metrics)).toEqual([]);
  });

  test("the administrator is there from the start, with the Secret's password", async () => {
    expect(await pods.logIn("admin", "wrong")).toBeUndefined();
    admin = (await pods.logIn("admin", secrets.jupyterhub?.["admin-password"])) ?? "";
    const me = (await (await pods.ask(admin, "GET", "/user")).json()) as { admin: boolean };
    expect(me.admin).toBe(true);
    expect(await pods.signUp("admin", "a password of somebody else")).toContain("already in use");
  });

  test("who signs up waits for the administrator", async () => {
    expect(await pods.signUp("ada", "short")).toContain("at least 12 characters");
    expect(await pods.signUp("ada", "1qaz2wsx3edc")).toContain("not too common");
    expect(await pods.signUp("ada", "a long word for ada")).toContain("sent to the admin");
    const ada = { username: "ada", password: "a long word for ada" };
    expect((await pods.browser().submit("/hub/login", ada)).status).not.toBe(302);
    const browser = pods.browser();
    const password = secrets.jupyterhub?.["admin-password"] ?? "";
    expect((await browser.submit("/hub/login", { username: "admin", password })).status).toBe(302);
    expect((await browser.open("/hub/authorize/ada")).status).toBe(302);
    expect((await pods.browser().open("/hub/authorize/ada")).status).toBe(403);
    expect((await pods.browser().submit("/hub/login", ada)).status).toBe(302);
  });

  test("starts as many servers as the quota has room for, and not one more", async () => {
    for (const user of ["bob", "carol"]) await pods.ask(admin, "POST", `/users/${user}`);
    const begin = async (user: string, options?: object): Promise<number> =>
      (await pods.ask(admin, "POST", `/users/${user}/server`, options)).status;
    expect(await Promise.all([begin("ada"), begin("bob", { profile: "half" })])).toEqual([202, 202]);
    await eventually("two pods are made", async () => pods.api.list("Pod").length === 2);
    expect(await begin("carol")).toBe(429);
    expect(pods.api.list("Pod")).toHaveLength(2);
  });

  test("a server is what the plan says, and nothing in it breaks a rule", async () => {
    const made = pods.api.list("Pod") as (ApiObject & { spec: PodSpec })[];
    const [full, half] = ["ada", "bob"].map((user) =>
      made.find(({ metadata }) => metadata.name === `jupyter-${user}`),
    );
    const bytes = (mebibytes: number): number => mebibytes * 1024 ** 2;
    expect(full?.spec.containers[0]?.resources).toEqual({
      requests: { cpu: 0.1, memory: bytes(512) },
      limits: { cpu: 0.75, memory: bytes(1536) },
    });
    expect(half?.spec.containers[0]?.resources.limits).toEqual({ cpu: 0.375, memory: bytes(768) });
    expect(full?.metadata.labels).toMatchObject({
      "app.kubernetes.io/name": "jupyterhub",
      "app.kubernetes.io/component": "singleuser",
    });
    const { env } = full?.spec.containers[0] ?? { env: [] };
    expect(env.find(({ name }) => name === "MLFLOW_TRACKING_PASSWORD")).toEqual({
      name: "MLFLOW_TRACKING_PASSWORD",
      valueFrom: { secretKeyRef: { name: "mlflow-notebooks", key: "password" } },
    });
    expect(pods.api.list("PersistentVolumeClaim")).toMatchObject([
      { spec: { storageClassName: "longhorn", resources: { requests: { storage: "10Gi" } } } },
      {},
    ]);
    const { findings } = await proofOf([], made);
    const about = findings.filter(({ rule, object }) => object?.kind === "Pod" && OF_A_POD.has(rule));
    // Users install packages into their image's files.
    expect([...new Set(about.map(({ code }) => code))]).toEqual(["writable-root-filesystem"]);
  });

  test("is permitted what it asks the API server for, and nothing else", async () => {
    for (const user of ["ada", "bob"])
      expect([202, 204]).toContain((await pods.ask(admin, "DELETE", `/users/${user}/server`)).status);
    await eventually("the pods are gone", async () => pods.api.list("Pod").length === 0);
    expect(pods.api.list("PersistentVolumeClaim")).toHaveLength(2);
    expect(pods.api.rights.refused).toEqual([]);
    // KubeSpawner reads a pod when one of its name is there already, and a claim when a quota refuses it.
    expect(pods.api.rights.unused()).toEqual([
      "get persistentvolumeclaims in jupyter",
      "get pods in jupyter",
    ]);
  });

  test("the hub and its culler stay in half of the memory that the plan gives them", async () => {
    const { "idle-culler": culler } = (await (await pods.ask(admin, "GET", "/services")).json()) as Record<
      string,
      { pid: number }
    >;
    expect(culler?.pid).toBeGreaterThan(0);
    const size = await pods.mebibytes();
    process.stderr.write(`JupyterHub's hub and culler: ${size.toFixed(0)} MiB\n`);
    expect(size).toBeGreaterThan(50);
    expect(size).toBeLessThan(300);
  });

  test("a changed Secret holds from the next start on; who was logged in stays so", async () => {
    const log = await pods.stopHub();
    const password = secret("other");
    pods.secrets = { ...secrets, jupyterhub: { ...secrets.jupyterhub, "admin-password": password } };
    await pods.startHub();
    expect((await pods.ask(admin, "GET", "/user")).status).toBe(200);
    expect(await pods.logIn("admin", secrets.jupyterhub?.["admin-password"])).toBeUndefined();
    expect(await pods.logIn("admin", password)).toBeDefined();
    for (const values of Object.values(secrets))
      for (const value of Object.values(values)) expect(log).not.toContain(value);
  });
});

/** The rules about a pod itself; the others are about how a rendering is delivered. */
const OF_A_POD: ReadonlySet<string> = new Set([
  "no-service-links",
  "pinned-images",
  "pod-security",
  "priority-matches-layer",
  "require-priority-class",
  "require-resources",
]);

interface PodSpec {
  readonly containers: readonly {
    readonly resources: { readonly requests: object; readonly limits: object };
    readonly env: readonly { readonly name: string }[];
  }[];
}

interface Settings {
  readonly servers: {
    readonly activeServerLimit: number;
    readonly profiles: readonly object[];
    readonly environment: Readonly<Record<string, unknown>>;
  };
}

function settingsOf(manifests: ManifestIndex): Settings {
  const data = manifests.find("", "ConfigMap", "jupyter", "jupyterhub-hub")?.object.data as Record<
    string,
    string
  >;
  return JSON.parse(data["settings.json"] ?? "") as Settings;
}

/** The whole platform, with pods that somebody made at run time. */
async function proofOf(
  settings: readonly string[],
  made: readonly ApiObject[] = [],
): Promise<ReturnType<typeof prove>> {
  const { all } = await renderPlatform(settings);
  const pods = made.map((object, position) => ({
    object,
    source: { file: "made at run time", document: position + 1, line: 1 },
    group: "",
    version: "v1",
    kind: "Pod",
    name: object.metadata.name,
    namespace: object.metadata.namespace,
  }));
  return prove({ manifests: [...all, ...pods], today: "2026-11-24", tools: {} });
}
