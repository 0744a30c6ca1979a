import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { type Helm, KUBERNETES_VERSION, parseManifests, prove } from "@t495/proof";
import { helmEnvironment } from "../../proof/src/helm/helm-environment.ts";
import type { CliResult } from "../../scripts/test/run-cli.ts";
import { describeReal } from "../test/describe-real.ts";
import { CACHE, INSTALL_MS, openTestPlatform, PROFILES, testHelm } from "../test/open-platform.ts";
import { PlainRegistry } from "../test/plain-registry.ts";
import { run } from "../test/real-program.ts";
import { findRegistry, REGISTRY_MISSING } from "../test/registry-program.ts";
import { Releasable, SUMS } from "../test/releasable.ts";

/** Packing everything compiles the proof's library. */
jest.setTimeout(300_000);

/** Who may come into the guarded registry: `owner`, whose password is «secret». */
const HTPASSWD = "owner:$2y$04$jiUjsYHIS/uHVckA9Huzo.lD86KeC.7JVNYnvLtugd5aFf15d.3Ru\n";

let helm: Helm;
let repository: Releasable;
let version: string;

beforeAll(async () => {
  helm = await testHelm();
  repository = new Releasable(helm);
  version = repository.version;
  expect(await repository.stage("package")).toMatchObject({ code: 0 });
}, INSTALL_MS);
afterAll(() => repository.remove());

/** Helm in an empty home, as on somebody else's machine. */
async function runHelm(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(helm.path, words, {
    env: helmEnvironment(process.env, CACHE),
  });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

const tools = await findRegistry();

describeReal("a release in the real registry", tools, REGISTRY_MISSING, ({ program }) => {
  let registry: PlainRegistry;
  let address: string;

  beforeAll(async () => {
    registry = await PlainRegistry.start(program);
    address = `oci://${registry.host}/t495/charts`;
  });
  afterAll(() => registry.stop());

  const push = (words = ""): Promise<CliResult> =>
    repository.stage(`push --registry ${address} --plain-http${words}`);
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
    const { stdout } = await repository.stage(`push --registry ${other} --plain-http --yes`);
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
    const { code, stderr } = await repository.stage(
      "push --registry oci://127.0.0.1:1/charts --plain-http --yes",
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("the registry refuses") });
  });

  test("needs a login where the registry does: without one, nothing is taken for absent", async () => {
    const guarded = await PlainRegistry.start(program, HTPASSWD);
    const home = await mkdtemp(join(tmpdir(), "home-"));
    const env = { HELM_REGISTRY_CONFIG: join(home, "registry.json"), HOME: home };
    const words = `push --registry oci://${guarded.host}/charts --plain-http`;
    try {
      for (const flags of ["", " --first --yes"]) {
        const { code, stderr } = await repository.stage(`${words}${flags}`, env);
        expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("helm registry login") });
      }
      const login = ["registry", "login", guarded.host, "--plain-http", "--username", "owner"];
      await run(helm.path, [...login, "--password", "secret"], { env: { ...process.env, ...env } });
      expect(await repository.stage(words, env)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`would push: platform-umbrella ${version}`),
      });
    } finally {
      await guarded.stop();
      await rm(home, { recursive: true });
    }
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
    const { code, stdout, stderr } = await repository.stage(`push --registry ${other} --plain-http --yes`);
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
