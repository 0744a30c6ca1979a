import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type Helm, KUBERNETES_VERSION, parseManifests, prove } from "@t495/proof";
import { helmEnvironment } from "../../proof/src/helm/helm-environment.ts";
import { ReleaseRepository } from "../../scripts/test/release-repository.ts";
import type { CliResult } from "../../scripts/test/run-cli.ts";
import { describeReal } from "../test/describe-real.ts";
import { CACHE, INSTALL_MS, openTestPlatform, PROFILES, testHelm } from "../test/open-platform.ts";
import { PlainRegistry } from "../test/plain-registry.ts";
import { run } from "../test/real-program.ts";
import { findRegistry, REGISTRY_MISSING } from "../test/registry-program.ts";

/** Packing everything compiles the proof's library, twice in a test. */
jest.setTimeout(300_000);

const SUMS = "dist/release/SHA256SUMS";

let helm: Helm;
let repository: ReleaseRepository;
let version: string;

beforeAll(async () => {
  helm = await testHelm();
  repository = releasable();
  version = String(repository.readJson("charts/platform-umbrella/package.json").version);
}, INSTALL_MS);
afterAll(() => repository.remove());

/** No changeset waits: the version in the tree is the one to release. */
function releasable(): ReleaseRepository {
  const one = new ReleaseRepository();
  one.dropChangesets();
  one.commit();
  return one;
}

async function release(
  words: string,
  one = repository,
  env: Record<string, string> = {},
): Promise<CliResult> {
  return one.release(words, { env: { HELM_BIN: helm.path, ...env } });
}

/** Helm in an empty home, as on somebody else's machine. */
async function runHelm(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(helm.path, words, {
    env: helmEnvironment(process.env, CACHE),
  });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

describe("platform release package", () => {
  test("packs the same bytes in another folder, time zone, language and mask", async () => {
    expect(await release("package")).toMatchObject({ code: 0 });
    const other = releasable();
    const mask = process.umask(0o077);
    try {
      other.git("config", "core.fileMode", "false");
      const elsewhere = { TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8" };
      expect(await release("package", other, elsewhere)).toMatchObject({ code: 0 });
      expect(other.read(SUMS)).toBe(repository.read(SUMS));
      process.stderr.write(`packed twice, at the same bytes:\n${other.read(SUMS)}`);
    } finally {
      process.umask(mask);
      other.remove();
    }
  });

  test("writes checksums that sha256sum agrees with, one for each chart and one for npm", async () => {
    const lines = repository.read(SUMS).trim().split("\n");
    const charts = await readdir(join(repository.root, "charts"));
    const files = [...charts.map((name) => `${name}-${version}.tgz`), `t495-proof-${version}.tgz`];
    expect(lines.map((line) => line.split("  ")[1]).sort()).toEqual(files.sort());
    for (const line of lines) {
      const [sum, file = ""] = line.split("  ");
      const content = await readFile(join(repository.root, "dist/release", file));
      expect(createHash("sha256").update(content).digest("hex")).toBe(sum);
    }
  });

  test("gives a layer the library that it needs, and no archive what belongs to the workspace", async () => {
    const folder = join(repository.root, "dist/release");
    for (const chart of await readdir(join(repository.root, "charts"))) {
      const { stdout } = await run("tar", ["-tzf", join(folder, `${chart}-${version}.tgz`)]);
      const files = stdout.trim().split("\n");
      if (chart !== "platform-library")
        expect(files).toContain(`${chart}/charts/platform-library/Chart.yaml`);
      expect(files.filter((file) => /package\.json|CHANGELOG|node_modules|\.tgz$|\/\./.test(file))).toEqual(
        [],
      );
    }
  });

  test("what npm gets works in an empty project", async () => {
    const project = await mkdtemp(join(tmpdir(), "project-"));
    try {
      await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
      const archive = join(repository.root, `dist/release/t495-proof-${version}.tgz`);
      const words = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--prefix", project, archive];
      expect(await run("npm", words)).toMatchObject({ exitCode: 0 });
      const program = `
        import { parseManifests, prove } from "@t495/proof";
        import { assembleChart, tarEntries } from "@t495/proof/packaging";
        import { openPlatform } from "@t495/proof/rendering";
        import { InputError } from "@t495/proof/errors";
        import { nearest } from "@t495/proof/nearest";
        const service = { apiVersion: "v1", kind: "Service", metadata: { name: "a", namespace: "b" }, spec: { ports: [{ port: 80, nam: "x" }] } };
        const { findings } = prove({ manifests: parseManifests(JSON.stringify(service), "a"), today: "2026-01-01", tools: {} });
        const parts = [assembleChart, tarEntries, openPlatform, InputError, nearest].map((part) => typeof part);
        console.log(JSON.stringify({ parts: new Set(parts).size, codes: findings.map(({ code }) => code) }));`;
      await writeFile(join(project, "try.js"), program);
      const { stdout, stderr } = await run(process.execPath, [join(project, "try.js")]);
      expect({ stdout, stderr }).toEqual({
        stdout: `${JSON.stringify({ parts: 1, codes: ["unknown-field"] })}\n`,
        stderr: "",
      });
    } finally {
      await rm(project, { recursive: true });
    }
  });
});

const tools = await findRegistry();

describeReal("a release in the real registry", tools, REGISTRY_MISSING, ({ program }) => {
  let registry: PlainRegistry;
  let address: string;

  beforeAll(async () => {
    registry = await PlainRegistry.start(program);
    address = `oci://${registry.host}/t495/charts`;
  });
  afterAll(() => registry.stop());

  const push = (words = ""): Promise<CliResult> => release(`push --registry ${address} --plain-http${words}`);
  const archiveOf = (chart: string): Promise<string | undefined> =>
    registry.archiveDigest(`t495/charts/${chart}`, version);

  test("is pushed only when somebody says so", async () => {
    const { code, stdout, stderr } = await push();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "nothing was pushed; add --yes\n" });
    expect(stdout).toContain(`would push: platform-umbrella ${version}\n`);
    expect(await archiveOf("platform-umbrella")).toBeUndefined();
  });

  test("is pushed whole, the umbrella last, at the digests of SHA256SUMS", async () => {
    const { code, stdout } = await push(" --yes");
    expect(code).toBe(0);
    const charts = await readdir(join(repository.root, "charts"));
    const pushed = stdout.trim().split("\n");
    expect([...pushed].sort()).toEqual(charts.map((chart) => `pushed: ${chart} ${version}`).sort());
    expect(pushed.at(-1)).toBe(`pushed: platform-umbrella ${version}`);
    for (const chart of charts) {
      expect(repository.read(SUMS)).toContain(`${await archiveOf(chart)}  ${chart}-${version}.tgz`);
    }
  });

  test("is not pushed again", async () => {
    const { code, stdout } = await push(" --yes");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(there already: [^\n]+\n)+$/);
  });

  test("is completed when a push was interrupted", async () => {
    const other = `oci://${registry.host}/interrupted`;
    const archive = join(repository.root, `dist/release/foundation-${version}.tgz`);
    await runHelm("push", archive, other, "--plain-http");
    const { stdout } = await release(`push --registry ${other} --plain-http --yes`);
    expect(stdout).toContain(`there already: foundation ${version}\n`);
    expect(stdout).toContain(`pushed: platform-umbrella ${version}\n`);
  });

  test.each(PROFILES)(
    "is pulled by anybody, and renders and proves as the source does: %s",
    async (profile) => {
      const folder = await mkdtemp(join(tmpdir(), "pulled-"));
      try {
        const source = await openTestPlatform(helm);
        const rendering = await source.render({ profile });
        const words = ["--version", version, "--plain-http", "--untar", "--untardir", folder];
        // Argo CD's chart is one of its own, and is given the umbrella's values.
        const charts = [
          ["platform-umbrella", "platform"],
          ["argocd", "argocd"],
        ] as const;
        for (const [chart] of charts) await runHelm("pull", `${address}/${chart}`, ...words);
        const values = ["values.yaml", `profiles/${profile}.yaml`].flatMap((file) => [
          "--values",
          join(folder, "platform-umbrella", file),
        ]);
        const settings = ["--include-crds", "--set-string", "global.render=all", ...values];
        const where = ["--namespace", "argocd", "--kube-version", KUBERNETES_VERSION];
        let text = "";
        for (const [chart, name] of charts) {
          text += await runHelm("template", name, join(folder, chart), ...where, ...settings);
        }
        expect(text).toBe(rendering.text);
        const { findings, counts } = prove({
          manifests: parseManifests(text, "pulled"),
          valueFiles: await source.valueFiles({ profile }),
          today: "2026-11-24",
          tools: {},
        });
        expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(counts.objects).toBe(rendering.manifests.length);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  test("a registry that does not answer is an error, not an empty registry", async () => {
    const { code, stderr } = await release("push --registry oci://127.0.0.1:1/charts --plain-http --yes");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("the registry refuses") });
  });

  test("is never overwritten: other bytes under the same version are refused, before anything is pushed", async () => {
    const other = `oci://${registry.host}/taken`;
    const folder = await mkdtemp(join(tmpdir(), "taken-"));
    try {
      const words = ["--version", version, "--plain-http", "--untar", "--untardir", folder];
      await runHelm("pull", `${address}/foundation`, ...words);
      await runHelm("package", join(folder, "foundation"), "--destination", folder);
      await runHelm("push", join(folder, `foundation-${version}.tgz`), other, "--plain-http");
    } finally {
      await rm(folder, { recursive: true });
    }
    const before = await registry.archiveDigest("taken/foundation", version);
    const { code, stdout, stderr } = await release(`push --registry ${other} --plain-http --yes`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      [
        "error: the registry holds this version with other bytes, and a version is never overwritten",
        `  at:  ${other}/foundation:${version}`,
        "  fix: release the change as a new version",
        "",
      ].join("\n"),
    );
    expect(await registry.archiveDigest("taken/foundation", version)).toBe(before);
    expect(await registry.archiveDigest("taken/platform-umbrella", version)).toBeUndefined();
  });

  test("is of the commit that is checked out, or refused", async () => {
    repository.commit();
    const { code, stderr } = await push(" --yes");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("what is packed is another commit's"),
    });
  });

  test("a damaged archive is refused", async () => {
    const file = join(repository.root, `dist/release/foundation-${version}.tgz`);
    await writeFile(file, "not what was packed");
    const { code, stderr } = await push(" --yes");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("not the archive that was packed"),
    });
  });
});
