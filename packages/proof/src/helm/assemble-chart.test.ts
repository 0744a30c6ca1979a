import { execFile } from "node:child_process";
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { INSTALLATION_MS, realHelm } from "../../test/real-helm.ts";
import { assembleChart } from "./assemble-chart.ts";
import { helmEnvironment } from "./helm-environment.ts";
import { type RenderTools, renderChart } from "./render-chart.ts";

let tools: RenderTools;
let directory: string;
let lockFile: string | undefined;

beforeAll(async () => {
  tools = await realHelm();
}, INSTALLATION_MS);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "assemble-chart-"));
  await write("library/Chart.yaml", "apiVersion: v2\nname: library\nversion: 0.1.0\ntype: library\n");
  await write("library/templates/_names.tpl", '{{- define "library.name" }}from-library{{ end }}\n');
  await write("layer/Chart.yaml", `apiVersion: v2\nname: layer\nversion: 0.1.0\n${dependsOn("library")}`);
  await write("layer/templates/a.yaml", configMap('{{ include "library.name" . }}'));
  await write(
    "umbrella/Chart.yaml",
    `apiVersion: v2\nname: umbrella\nversion: 0.1.0\n${dependsOn("library", "layer")}`,
  );
  // Helm writes it once for all tests: it depends on nothing but Chart.yaml.
  lockFile ??= await lock("umbrella");
  await write("umbrella/Chart.lock", lockFile);
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function write(path: string, content: string): Promise<void> {
  const file = join(directory, "charts", path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

function dependsOn(...names: readonly string[]): string {
  const entries = names.map((name) => `- {name: ${name}, version: 0.1.0, repository: "file://../${name}"}\n`);
  return `dependencies:\n${entries.join("")}`;
}

function configMap(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
}

/** Chart.lock as a person would make it, with Helm itself. */
async function lock(chart: string): Promise<string> {
  const env = helmEnvironment(tools.env, join(directory, "cache"));
  const folder = join(directory, "charts", chart);
  await promisify(execFile)(tools.helm.path, ["dependency", "update", folder], { env });
  await rm(join(folder, "charts"), { recursive: true });
  return readFile(join(folder, "Chart.lock"), "utf8");
}

function assemble(chart = "umbrella"): Promise<string> {
  const { helm, env } = tools;
  return assembleChart({
    helm,
    env,
    chart: join(directory, "charts", chart),
    cacheDirectory: join(directory, "cache"),
  });
}

async function renderedNames(chart: string): Promise<string[]> {
  const request = { chart, releaseName: "r", namespace: "n", valueFiles: [] };
  const { manifests } = await renderChart(request, { ...tools, cacheDirectory: join(directory, "cache") });
  return manifests.map(({ name }) => name);
}

const cacheEntries = (): Promise<string[]> => readdir(join(directory, "cache", "charts"));

describe("assembleChart", () => {
  test("packs the dependencies, whose library serves all, and leaves the sources as they were", async () => {
    const before = await readdir(join(directory, "charts", "umbrella"));
    const chart = await assemble();
    expect((await readdir(join(chart, "charts"))).sort()).toEqual(["layer-0.1.0.tgz", "library-0.1.0.tgz"]);
    expect(await renderedNames(chart)).toEqual(["from-library"]);
    expect(await readdir(join(directory, "charts", "umbrella"))).toEqual(before);
  });

  test("is done once for the same content", async () => {
    const first = await assemble();
    const { ino } = await stat(first);
    expect(await assemble()).toBe(first);
    expect((await stat(first)).ino).toBe(ino);
    expect(await cacheEntries()).toHaveLength(1);
  });

  test.each<[string, string, string]>([
    ["a template of a dependency", "layer/templates/a.yaml", configMap("changed-name")],
    [
      "a template of the library",
      "library/templates/_names.tpl",
      '{{- define "library.name" }}changed-name{{ end }}\n',
    ],
    ["the chart's own values", "umbrella/values.yaml", "layer: {}\n"],
    ["a new file", "layer/files/new.txt", "new\n"],
  ])("sees a change of %s, even one that keeps its size and time", async (_, path, content) => {
    const first = await assemble();
    const file = join(directory, "charts", path);
    const before = await stat(file).catch(() => undefined);
    await write(path, content);
    if (before !== undefined) await utimes(file, before.atime, before.mtime);
    const second = await assemble();
    expect(second).not.toBe(first);
    const changed = content.includes("changed-name");
    expect(await renderedNames(second)).toEqual([changed ? "changed-name" : "from-library"]);
  });

  test("does not take part of the workspace or of an older build for the chart", async () => {
    const first = await assemble();
    await write("layer/node_modules/x/index.js", "x");
    await write("layer/charts/library-0.0.9.tgz", "stale");
    await write("umbrella/charts/layer-0.0.9.tgz", "stale");
    await write("layer/CHANGELOG.md", "x");
    await write("layer/.turbo/log", "x");
    expect(await assemble()).toBe(first);
  });

  test("runs side by side without a race", async () => {
    const charts = await Promise.all(Array.from({ length: 6 }, () => assemble()));
    expect(new Set(charts).size).toBe(1);
    expect(await cacheEntries()).toHaveLength(1);
    expect(await renderedNames(charts[0] ?? "")).toEqual(["from-library"]);
  });

  test("keeps the twenty that were used last, and nothing that was interrupted long ago", async () => {
    const old = join(directory, "cache", "charts");
    await mkdir(join(old, ".assembling-dead"), { recursive: true });
    await mkdir(join(old, ".assembling-alive"), { recursive: true });
    await utimes(join(old, ".assembling-dead"), 1, 1);
    for (let at = 1; at <= 25; at += 1) {
      await mkdir(join(old, `entry-${at}`));
      await utimes(join(old, `entry-${at}`), at, at);
    }
    const chart = await assemble();
    const entries = await cacheEntries();
    expect(entries).toHaveLength(21);
    expect(entries).toContain(chart.split("/").at(-2));
    expect(entries).toContain(".assembling-alive");
    expect(entries).toContain("entry-25");
    expect(entries).toContain("entry-7");
    expect(entries).not.toContain("entry-6");
  });

  test("takes a chart without dependencies as it is", async () => {
    await write("plain/Chart.yaml", "apiVersion: v2\nname: plain\nversion: 0.1.0\n");
    await write("plain/templates/a.yaml", configMap("plain"));
    expect(await renderedNames(await assemble("plain"))).toEqual(["plain"]);
  });

  test("gives what helm dependency build gives in a clone", async () => {
    const clone = join(directory, "clone");
    await cp(join(directory, "charts"), clone, { recursive: true });
    const env = helmEnvironment(tools.env, join(directory, "cache"));
    await promisify(execFile)(tools.helm.path, ["dependency", "build", join(clone, "umbrella")], { env });
    const text = (chart: string): Promise<string> =>
      renderChart({ chart, releaseName: "r", namespace: "n", valueFiles: [] }, tools).then(
        (rendering) => rendering.text,
      );
    expect(await text(await assemble())).toBe(await text(join(clone, "umbrella")));
  });
});

describe("assembleChart refuses", () => {
  test.each<[string, () => Promise<void>, string, RegExp]>([
    [
      "a missing lock file",
      () => rm(join(directory, "charts/umbrella/Chart.lock")),
      "no Chart.lock",
      /umbrella\/Chart\.lock$/,
    ],
    [
      "a stale lock file",
      () =>
        write("umbrella/Chart.yaml", `apiVersion: v2\nname: umbrella\nversion: 0.1.0\n${dependsOn("layer")}`),
      "Chart.lock does not match",
      /^chart umbrella, Chart\.lock$/,
    ],
    [
      "a missing dependency",
      () => rm(join(directory, "charts/layer"), { recursive: true }),
      "folder cannot be read",
      /charts\/layer$/,
    ],
    [
      "no Chart.yaml",
      () => rm(join(directory, "charts/umbrella/Chart.yaml")),
      "no Chart.yaml",
      /umbrella\/Chart\.yaml$/,
    ],
    [
      "a broken Chart.yaml",
      () => write("umbrella/Chart.yaml", "a: [\n"),
      "not valid YAML",
      /Chart\.yaml, line 2, column 1$/,
    ],
    [
      "a dependency elsewhere",
      () => write("umbrella/Chart.yaml", "dependencies:\n- {name: x, repository: file://../../x}\n"),
      "does not lie beside",
      /Chart\.yaml$/,
    ],
    [
      "a link to a folder",
      () => symlink(directory, join(directory, "charts/layer/templates/loop")),
      "link to a folder",
      /templates\/loop$/,
    ],
  ])("%s", async (_, spoil, what, where) => {
    await spoil();
    await expect(assemble()).rejects.toMatchObject({
      name: "InputError",
      what: expect.stringContaining(what),
      where: expect.stringMatching(where),
      fix: expect.stringMatching(/\.$/),
    });
    expect(await readdir(join(directory, "cache", "charts")).catch(() => [])).toEqual([]);
  });

  test("without leaving anything behind in the sources", async () => {
    const content = await readFile(join(directory, "charts/umbrella/Chart.lock"), "utf8");
    await assemble();
    expect(await readFile(join(directory, "charts/umbrella/Chart.lock"), "utf8")).toBe(content);
  });
});
