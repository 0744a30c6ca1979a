import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { ARGOCD_VERSION, argocdPrograms } from "../test/argocd-program.ts";
import { ROOT } from "../test/open-platform.ts";
import { renderPlatform } from "../test/render-platform.ts";
import { BUILD_MS } from "../test/tool-cache.ts";

const GENERATOR = join(ROOT, "argocd/crds-generator");

let programs: string;
let folder: string;
let settings: string;

beforeAll(async () => {
  programs = await argocdPrograms();
  folder = await mkdtemp(join(tmpdir(), "argocd-"));
  settings = join(folder, "argocd-cm.yaml");
  const configMap = (await renderPlatform()).find("", "ConfigMap", "argocd", "argocd-cm");
  await writeFile(settings, JSON.stringify(configMap?.object));
}, BUILD_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Workload {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly args: readonly string[];
        }[];
      };
    };
  };
}

/** What Argo CD says of an object's health with the rendered settings. */
async function healthOf(object: object): Promise<string> {
  const file = join(folder, "object.yaml");
  await writeFile(file, JSON.stringify(object));
  const args = ["admin", "settings", "resource-overrides", "health", file, "--argocd-cm-path", settings];
  const { stdout } = await execa(join(programs, "argocd"), args);
  const [, status = "", message = ""] = /STATUS: (.*)\nMESSAGE: (.*)/.exec(stdout) ?? [];
  return `${status}: ${message}`;
}

interface Listed {
  readonly name: string;
  readonly status?: string;
  readonly health?: { readonly status?: string };
}

const synced = (name: string, health = "Healthy"): Listed => ({
  name,
  status: "Synced",
  health: { status: health },
});

function applicationSet(components: readonly string[], status: object): object {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "ApplicationSet",
    metadata: { name: "data-services", namespace: "argocd" },
    spec: {
      generators: [{ list: { elements: components.map((component) => ({ component, namespace: "data" })) } }],
    },
    status,
  };
}

describe("a layer opens the next one", () => {
  const both = ["postgresql", "redis"];
  test.each<readonly [string, readonly string[], object, string]>([
    [
      "when each of its Applications is Synced and Healthy",
      both,
      { resources: [synced("redis"), synced("postgresql")] },
      "Healthy: 2 applications are ready",
    ],
    ["when it has none", [], {}, "Healthy: 0 applications are ready"],
    [
      "with one left over from a component that was switched off",
      ["redis"],
      { resources: [synced("redis"), { ...synced("minio", "Degraded"), status: "OutOfSync" }] },
      "Healthy: 1 applications are ready",
    ],
    [
      "not before one is healthy",
      both,
      { resources: [synced("redis"), synced("postgresql", "Progressing")] },
      "Progressing: waiting for postgresql (Progressing)",
    ],
    [
      "not before one is applied, although all that is there is healthy",
      both,
      { resources: [{ ...synced("redis"), status: "OutOfSync" }, synced("postgresql")] },
      "Progressing: waiting for redis (OutOfSync)",
    ],
    [
      "not before one is made, however many others are",
      both,
      { resources: [synced("redis"), synced("minio")] },
      "Progressing: waiting for postgresql (not made yet)",
    ],
    [
      "not before the controller has said anything",
      both,
      {},
      "Progressing: waiting for postgresql (not made yet), redis (not made yet)",
    ],
    [
      "not when the controller keeps no health, as without --enable-progressive-syncs",
      ["redis"],
      { resources: [{ name: "redis", status: "Synced" }] },
      "Progressing: waiting for redis (health not known yet)",
    ],
    [
      "not when nothing was compared yet",
      ["redis"],
      { resources: [{ name: "redis" }] },
      "Progressing: waiting for redis (not compared yet)",
    ],
    [
      "not after an error",
      ["redis"],
      {
        conditions: [{ type: "ErrorOccurred", status: "True", message: "no such project" }],
        resources: [synced("redis")],
      },
      "Degraded: no such project",
    ],
    [
      "although there was an error before",
      ["redis"],
      {
        conditions: [
          { type: "ErrorOccurred", status: "False", message: "all is well" },
          { type: "ResourcesUpToDate", status: "True", message: "made" },
        ],
        resources: [synced("redis")],
      },
      "Healthy: 1 applications are ready",
    ],
  ])("%s", async (_, components, status, expected) => {
    expect(await healthOf(applicationSet(components, status))).toBe(expected);
  });
});

describe("an Application is healthy", () => {
  const source = {
    repoURL: "https://git.example.org/fork.git",
    path: "charts/platform-umbrella",
    targetRevision: "main",
    helm: {
      valueFiles: ["values.yaml", "profiles/t495.yaml"],
      parameters: [{ name: "global.render", value: "redis" }],
    },
  };
  const application = (status: object, own: object = source): object => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "redis", namespace: "argocd" },
    spec: { source: own, destination: {}, project: "data-services" },
    status,
  });
  const compared = (health: string, status = "Synced") => ({
    sync: { status, comparedTo: { source, destination: {} } },
    health: { status: health },
  });
  test.each<readonly [string, object, string]>([
    ["when it is Synced and Healthy", application(compared("Healthy")), "Healthy: "],
    ["not while its pods start", application(compared("Progressing")), "Progressing: "],
    [
      "not while something is missing",
      application(compared("Healthy", "OutOfSync")),
      "Progressing: it is OutOfSync",
    ],
    ["not before it was compared", application({}), "Progressing: its new source is not compared yet"],
    [
      "not while the verdict is that of the source before",
      application(compared("Healthy"), { ...source, helm: { ...source.helm, valueFiles: ["values.yaml"] } }),
      "Progressing: its new source is not compared yet",
    ],
    [
      "not when its sync failed",
      application({
        ...compared("Healthy", "OutOfSync"),
        operationState: { phase: "Failed", message: "quota exceeded" },
      }),
      "Degraded: quota exceeded",
    ],
    [
      "not when it cannot be rendered",
      application({
        ...compared("Healthy"),
        conditions: [{ type: "ComparisonError", message: "helm failed" }],
      }),
      "Degraded: helm failed",
    ],
  ])("%s", async (_, object, expected) => {
    expect(await healthOf(object)).toBe(expected);
  });
});

describe("a CronJob never holds a layer back", () => {
  const night = "2026-11-24T02:00:00Z";
  test.each<readonly [string, object, object, string]>([
    ["before its first run", {}, {}, "Healthy: not run yet"],
    ["while it has never succeeded", {}, { lastScheduleTime: night }, "Healthy: has never succeeded"],
    [
      "after a failed run",
      {},
      { lastScheduleTime: night, lastSuccessfulTime: "2026-11-23T02:03:00Z" },
      "Healthy: last succeeded 2026-11-23T02:03:00Z",
    ],
    ["while it runs", {}, { lastScheduleTime: night, active: [{ name: "backup-1" }] }, "Healthy: running"],
    ["while it is suspended", { suspend: true }, { lastScheduleTime: night }, "Healthy: suspended"],
  ])("%s", async (_, spec, status, expected) => {
    const object = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "backup", namespace: "data" },
      spec,
      status,
    };
    expect(await healthOf(object)).toBe(expected);
  });
});

test.each(["application-controller", "repo-server", "server", "applicationset-controller"])(
  "%s knows every flag that it is given",
  async (role) => {
    const kind = role === "application-controller" ? "StatefulSet" : "Deployment";
    const workload = (await renderPlatform()).find("apps", kind, "argocd", `argocd-${role}`);
    const pods = workload?.object as unknown as Workload;
    const [container] = pods.spec.template.spec.containers;
    expect(container?.command).toEqual(["/usr/bin/tini", "--", `/usr/local/bin/argocd-${role}`]);
    const program = join(programs, `argocd-${role}`);
    const { exitCode, stderr } = await execa(program, [...(container?.args ?? []), "--help"], {
      reject: false,
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.not.stringContaining("unknown flag"),
    });
    const unknown = await execa(program, ["--no-such-flag", "--help"], { reject: false });
    expect(unknown.exitCode).not.toBe(0);
  },
);

test("the settings are such that Argo CD takes them", async () => {
  const args = ["admin", "settings", "validate", "--argocd-cm-path", settings];
  const { stdout } = await execa(join(programs, "argocd"), args);
  expect(stdout).toContain("✅ resource-overrides\n4 resource overrides");
  expect(stdout).not.toContain("⛔");
});

test(
  "the definitions are what Argo CD's types generate",
  async () => {
    const { exitCode, stderr } = await execa("node", [join(GENERATOR, "generate.mjs"), "--check"], {
      reject: false,
      env: { GOFLAGS: "-buildvcs=false -mod=readonly" },
    });
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  },
  BUILD_MS,
);

test("one version is installed, defined, run here and agreed with", async () => {
  const image = (await renderPlatform()).find("apps", "Deployment", "argocd", "argocd-server");
  expect(JSON.stringify(image?.object)).toContain(`quay.io/argoproj/argocd:v${ARGOCD_VERSION}`);
  for (const file of ["argocd/crds-generator/go.mod", "packages/render-tests/programs/argocd/go.mod"])
    expect(await readFile(join(ROOT, file), "utf8")).toContain(
      `require github.com/argoproj/argo-cd/v3 v${ARGOCD_VERSION}\n`,
    );
  expect(await readFile(join(ROOT, "charts/argocd/Chart.yaml"), "utf8")).toContain(
    `appVersion: ${ARGOCD_VERSION}\n`,
  );
});
