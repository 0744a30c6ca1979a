import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { versionProblems } from "../src/release/check-versions.ts";
import { readWorkspace } from "../src/release/workspace.ts";
import { ReleaseRepository } from "./release-repository.ts";

const CHANGESETS = fileURLToPath(new URL("../../../node_modules/@changesets/cli/bin.js", import.meta.url));
const MANIFEST = "charts/platform-umbrella/package.json";

jest.setTimeout(120_000);

let repository: ReleaseRepository;
let base: string;

beforeAll(() => {
  repository = new ReleaseRepository();
  repository.dropChangesets();
  base = repository.commit();
});
afterEach(() => {
  repository.git("checkout", "--quiet", "--force", "-B", "main", base);
});
afterAll(() => repository.remove());

function changeset(name: string, bumps: string): void {
  repository.write(`.changeset/${name}.md`, `---\n${bumps}---\n\nA remark.\n`);
  repository.commit();
}

const version = (): string => String(repository.readJson(MANIFEST).version);

test("check compares with where the branch began, not with what others have released since", async () => {
  repository.edit(MANIFEST, /"version": ".*"/, '"version": "7.0.0"');
  const released = repository.commit();
  repository.git("checkout", "--quiet", "-B", "main", base);
  repository.edit("charts/kubeflow/values.yaml", /^/, "# A remark.\n");
  repository.commit();
  const { code, stderr } = await repository.release(`check --since ${released}`);
  expect(code).toBe(1);
  expect(stderr).toContain("@t495/chart-kubeflow has changed and no changeset names it");
});

test("version refuses a changeset that no release would ever take, before it writes anything", async () => {
  changeset("tests", '"@t495/render-tests": patch\n"@t495/proof": patch\n');
  const { code, stderr } = await repository.release("version");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining("it names @t495/render-tests, which is not released"),
  });
  expect(repository.git("status", "--porcelain")).toBe("");
});

test("version writes nothing when what it needs later is missing", async () => {
  changeset("layer", '"@t495/chart-kubeflow": patch\n');
  const { code, stderr } = await repository.release("version", { env: { HELM_BIN: "/nowhere/helm" } });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("HELM_BIN") });
  expect(repository.git("status", "--porcelain")).toBe("");
});

test("version says so when the changesets change no version", async () => {
  const before = version();
  changeset("nothing", "");
  const { code, stdout } = await repository.release("version");
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining(`version ${before}, as before: the changesets name nothing;`),
  });
});

test("a prerelease is tagged though its changesets stay, and the release takes them all", async () => {
  const pre = (...words: readonly string[]): string =>
    execFileSync(process.execPath, [CHANGESETS, "pre", ...words], { cwd: repository.root, encoding: "utf8" });
  pre("enter", "next");
  changeset("major", '"@t495/chart-kubeflow": major\n');
  expect(await repository.release("version")).toMatchObject({ code: 0 });
  const first = version();
  expect(first).toMatch(/^\d+\.0\.0-next\.0$/);
  expect([...versionProblems(readWorkspace(repository.root))]).toEqual([]);
  repository.commit();
  expect(await repository.release(`check --since ${base}`)).toMatchObject({ code: 0, stderr: "" });
  expect(await repository.release("tag")).toMatchObject({ code: 0, stdout: `would tag: v${first}\n` });
  expect(await repository.release("version")).toMatchObject({ code: 2 });

  pre("exit");
  repository.commit();
  expect(await repository.release("tag")).toMatchObject({ code: 2 });
  expect(await repository.release("version")).toMatchObject({ code: 0 });
  expect(version()).toBe(first.replace("-next.0", ""));
  expect(repository.read("charts/kubeflow/CHANGELOG.md")).toContain("A remark.");
});
