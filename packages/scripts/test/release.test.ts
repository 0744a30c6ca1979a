import { execFile } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { obtainHelm } from "@t495/proof/rendering";
import { parse } from "yaml";
import { versionProblems } from "../src/release/check-versions.ts";
import { sourceDate } from "../src/release/git.ts";
import { readWorkspace } from "../src/release/workspace.ts";
import { ReleaseRepository } from "./release-repository.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const UMBRELLA = "charts/platform-umbrella";
const LAYER_VALUES = "charts/monitoring/values.yaml";

jest.setTimeout(120_000);

let repository: ReleaseRepository;

beforeAll(() => {
  repository = new ReleaseRepository();
});
afterAll(() => repository.remove());

test("every version of this repository that has to be one is one", () => {
  expect([...versionProblems(readWorkspace(ROOT))]).toEqual([]);
});

test("each chart of this repository is a package, and each package that is a chart is one of Helm's", () => {
  const folders = readdirSync(join(ROOT, "charts")).map((name) => `charts/${name}`);
  const charts = readWorkspace(ROOT).filter(({ chart }) => chart !== undefined);
  expect(charts.map(({ folder }) => folder)).toEqual(folders.sort());
});

describe("platform release check", () => {
  test("wants a changeset for what has changed since a revision, committed or not", async () => {
    repository.dropChangesets();
    const base = repository.commit();
    expect(await repository.release(`check --since ${base}`)).toMatchObject({ code: 0, stderr: "" });

    repository.edit(LAYER_VALUES, /^/, "# A remark.\n");
    const before = await repository.release(`check --since ${base}`);
    expect(before.code).toBe(1);
    expect(before.stderr).toContain(
      `@t495/chart-monitoring has changed and no changeset names it\n  at:  ${LAYER_VALUES}`,
    );

    repository.write(".changeset/remark.md", '---\n"@t495/chart-monitoring": patch\n---\n\nA remark.\n');
    repository.commit();
    const after = await repository.release(`check --since ${base}`);
    expect(after).toMatchObject({ code: 0, stderr: "" });
    expect(after.stdout).toMatch(/^version [\d.]+, 1 changeset since [0-9a-f]{40}, 0 problems\n$/);
  });

  test("finds a version that was changed by hand", async () => {
    repository.edit("charts/foundation/Chart.yaml", /^version: .*$/m, "version: 7.0.0");
    const { code, stderr } = await repository.release("check --since HEAD");
    expect(code).toBe(1);
    expect(stderr).toContain("the chart is 7.0.0 and its package");
    expect(stderr).toContain("fix: run `corepack pnpm release version`");
    repository.git("checkout", "--quiet", "charts/foundation/Chart.yaml");
  });
});

describe("platform release version", () => {
  let base: string;

  beforeAll(async () => {
    repository.write(
      ".changeset/feature.md",
      '---\n"@t495/chart-monitoring": minor\n---\n\nA remark that everybody can read.\n',
    );
    base = repository.commit();
  });

  test("refuses a tree with changes", async () => {
    repository.write("stray.txt", "stray\n");
    const { code, stderr } = await repository.release("version");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "error: the working tree holds changes that no commit holds\n  at:  stray.txt\n  fix: commit or remove them\n",
    });
    rmSync(join(repository.root, "stray.txt"));
  });

  test("gives all charts and packages one new version, and what Helm needs follows", async () => {
    const { code, stdout } = await repository.release("version");
    expect(code).toBe(0);
    const version = String(repository.readJson(`${UMBRELLA}/package.json`).version);
    expect(stdout).toContain(`version ${version}; read the changelogs, then commit`);
    expect(repository.readJson("packages/proof/package.json").version).toBe(version);
    expect(repository.readJson("packages/scripts/package.json").version).toBe(version);
    const { dependencies } = parse(repository.read(`${UMBRELLA}/Chart.yaml`));
    expect(new Set(dependencies.map((one: { version: string }) => one.version))).toEqual(new Set([version]));
    expect(repository.read("charts/monitoring/CHANGELOG.md")).toContain("A remark that everybody can read.");
    expect(repository.readJson("packages/render-tests/package.json").version).toBe(
      readWorkspace(ROOT).find(({ name }) => name === "@t495/render-tests")?.version,
    );
    expect([...versionProblems(readWorkspace(repository.root))]).toEqual([]);
    // Helm compares the digest of Chart.lock with Chart.yaml before it packs dependencies.
    expect(await repository.platform("order --format json")).toMatchObject({ code: 0, stderr: "" });
  });

  test("writes the digest that Helm itself writes", async () => {
    const helm = await obtainHelm({
      env: process.env,
      cacheDirectory: join(ROOT, "node_modules/.cache/t495"),
      report: () => {},
    });
    const clone = join(repository.root, "dist/charts");
    cpSync(join(repository.root, "charts"), clone, { recursive: true });
    for (const chart of ["platform-umbrella", "monitoring"]) {
      const ours = parse(repository.read(`charts/${chart}/Chart.lock`));
      rmSync(join(clone, chart, "Chart.lock"));
      await promisify(execFile)(helm.path, ["dependency", "update", join(clone, chart)]);
      const helms = parse(repository.read(`dist/charts/${chart}/Chart.lock`));
      expect(ours).toEqual({ ...helms, generated: ours.generated });
    }
  });

  test("needs no changeset for what it has written", async () => {
    repository.commit();
    const { code, stdout } = await repository.release(`check --since ${base}`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("0 changesets since") });
  });

  test("has nothing to do the next time", async () => {
    const { code, stderr } = await repository.release("version");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("no changeset waits") });
  });
});

describe("platform release tag", () => {
  const version = (): string => String(repository.readJson(`${UMBRELLA}/package.json`).version);

  test("says what it would do, does it when it is asked, and does it once", async () => {
    const name = `v${version()}`;
    expect(await repository.release("tag")).toMatchObject({ code: 0, stdout: `would tag: ${name}\n` });
    expect(repository.git("tag")).toBe("");
    expect(await repository.release("tag --yes")).toMatchObject({ code: 0, stdout: `tagged: ${name}\n` });
    expect(repository.git("cat-file", "-t", name)).toBe("tag");
    expect(await repository.release("tag --yes")).toMatchObject({
      code: 0,
      stdout: `there already: ${name}\n`,
    });
  });

  test("does not move a tag", async () => {
    const tagged = repository.git("rev-parse", "HEAD");
    repository.commit();
    const { code, stderr } = await repository.release("tag --yes");
    expect(code).toBe(2);
    expect(stderr).toContain("is the tag of another commit");
    expect(repository.git("rev-list", "-n1", `v${version()}`)).toBe(tagged);
  });

  test("is where the next check begins", async () => {
    repository.edit(LAYER_VALUES, /^/, "# Another remark.\n");
    const { code, stdout } = await repository.release("");
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `version ${version()}, 0 changesets since v${version()}, 1 problems\n`,
    });
  });

  test("waits for the next version while a changeset waits", async () => {
    repository.write(".changeset/next.md", '---\n"@t495/chart-monitoring": patch\n---\n\nAnother remark.\n');
    repository.commit();
    const { code, stderr } = await repository.release("tag --yes");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("a changeset waits") });
  });
});

describe("the time of a packed file", () => {
  const given = process.env.SOURCE_DATE_EPOCH;
  afterEach(() => {
    if (given === undefined) delete process.env.SOURCE_DATE_EPOCH;
    else process.env.SOURCE_DATE_EPOCH = given;
  });

  test("is the commit's, or SOURCE_DATE_EPOCH", () => {
    delete process.env.SOURCE_DATE_EPOCH;
    expect(sourceDate(repository.root)).toBe(Date.parse("2026-01-01T00:00:00Z") / 1000);
    process.env.SOURCE_DATE_EPOCH = "1";
    expect(sourceDate(repository.root)).toBe(1);
  });

  test("is no word", () => {
    process.env.SOURCE_DATE_EPOCH = "yesterday";
    expect(() => sourceDate(repository.root)).toThrow("SOURCE_DATE_EPOCH=yesterday is no number of seconds");
  });
});

describe("platform release refuses", () => {
  test.each([
    ["tags", "did you mean tag?"],
    ["everything", "its stages are check, version, package, push, tag"],
    ["check --since no-such-revision", "git refuses"],
  ])("%s", async (words, said) => {
    const { code, stderr } = await repository.release(words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) });
  });

  test.each(["", " --registry ghcr.io/somebody"])("to push to nowhere%s", async (registry) => {
    repository.dropChangesets();
    repository.commit();
    const { code, stderr } = await repository.release(`push${registry}`);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("--registry oci://HOST/PATH"),
    });
  });

  test("to push what nobody has packed", async () => {
    const { code, stderr } = await repository.release(
      "push --registry oci://127.0.0.1:1/charts --plain-http",
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("nothing is packed") });
  });
});
