import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Helm } from "@t495/proof";
import { INSTALL_MS, testHelm } from "../test/open-platform.ts";
import { run } from "../test/real-program.ts";
import { Releasable, SUMS } from "../test/releasable.ts";

/** Packing everything compiles the proof's library, twice in a test. */
jest.setTimeout(300_000);

let helm: Helm;
let repository: Releasable;
let version: string;

beforeAll(async () => {
  helm = await testHelm();
  repository = new Releasable(helm);
  version = repository.version;
}, INSTALL_MS);
afterAll(() => repository.remove());

describe("platform release package", () => {
  test("packs the same bytes in another folder, time zone, language and mask", async () => {
    expect(await repository.stage("package")).toMatchObject({ code: 0 });
    const other = new Releasable(helm);
    const mask = process.umask(0o077);
    try {
      other.git("config", "core.fileMode", "false");
      const elsewhere = { TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8" };
      expect(await other.stage("package", elsewhere)).toMatchObject({ code: 0 });
      expect(other.read(SUMS)).toBe(repository.read(SUMS));
      process.stderr.write(`packed twice, at the same bytes:\n${other.read(SUMS)}`);
    } finally {
      process.umask(mask);
      other.remove();
    }
  });

  test("packs nothing that no commit holds, though git and the clean tree do not show it", async () => {
    const other = new Releasable(helm);
    try {
      other.write(".git/info/exclude", "*.bak\n");
      other.write("charts/monitoring/templates/notes.bak", "a note to myself\n");
      const { code, stderr } = await other.stage("package");
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(
          /no commit holds it\n +at: +charts\/monitoring\/templates\/notes\.bak\n/,
        ),
      });
    } finally {
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
