import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { changesetProblems, namingProblems, readChangesets } from "./changesets.ts";
import type { WorkspacePackage } from "./workspace.ts";

const metadata = { name: "layer", version: "0.1.0", dependencies: [] };
const LAYER: WorkspacePackage = {
  name: "@t495/chart-layer",
  version: "0.1.0",
  folder: "charts/layer",
  isPublished: false,
  chart: { metadata, text: "", lock: undefined },
};
const PROOF: WorkspacePackage = {
  name: "@t495/proof",
  version: "0.1.0",
  folder: "packages/proof",
  isPublished: true,
  chart: undefined,
};
const TESTS = { ...PROOF, name: "@t495/render-tests", folder: "packages/render-tests", isPublished: false };
const WORKSPACE = [LAYER, PROOF, TESTS];

const problems = (
  changesets: Readonly<Record<string, readonly string[]>>,
  changed: readonly string[],
): string[] =>
  [...changesetProblems(WORKSPACE, new Map(Object.entries(changesets)), changed)].map(
    ({ what, where }) => `${where}: ${what}`,
  );

describe("changesetProblems", () => {
  test.each([
    "charts/layer/templates/a.yaml",
    "charts/layer/values.yaml",
    "packages/proof/src/prove.ts",
    "packages/proof/schemas/proof.schema.json",
    "packages/proof/package.json",
  ])("wants a changeset for %s", (path) => {
    expect(problems({}, [path])).toEqual([
      expect.stringMatching(`^${path}: @t495/.+ has changed and no changeset`),
    ]);
  });

  test.each([
    "charts/layer/CHANGELOG.md",
    "charts/layer/README.md",
    "charts/layer/package.json",
    "charts/layers/values.yaml",
    "packages/proof/src/prove.test.ts",
    "packages/proof/test/sample-proof.ts",
    "packages/proof/fixtures/valid-wave/word.yaml",
    "packages/render-tests/src/redis.program.test.ts",
    "docs/architecture.md",
  ])("wants none for %s", (path) => {
    expect(problems({}, [path])).toEqual([]);
  });

  test("is content with one that names what changed, and with one more", () => {
    const changesets = { ".changeset/a.md": ["@t495/chart-layer"], ".changeset/b.md": ["@t495/proof"] };
    expect(problems(changesets, ["charts/layer/values.yaml"])).toEqual([]);
  });
});

describe("namingProblems", () => {
  const named = (...names: readonly string[]): string[] =>
    [...namingProblems(WORKSPACE, new Map([[".changeset/a.md", names]]))].map(
      ({ what, where }) => `${where}: ${what}`,
    );

  test("is content with released packages, and with none", () => {
    expect(named("@t495/chart-layer", "@t495/proof")).toEqual([]);
    expect(named()).toEqual([]);
  });

  test("finds a name that is nobody's, and one that no release takes", () => {
    expect(named("@t495/chart-lair", "@t495/proof", "@t495/render-tests")).toEqual([
      ".changeset/a.md: it names @t495/chart-lair, which is no package",
      ".changeset/a.md: it names @t495/render-tests, which is not released",
    ]);
  });
});

describe("readChangesets", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "changesets-"));
    mkdirSync(join(root, ".changeset"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(join(root, ".changeset", name), text);

  test("reads which packages each one names", () => {
    write("b.md", '---\n"@t495/proof": minor\n"@t495/chart-layer": patch\n---\n\nText.\n');
    write("a.md", "---\n---\n\nNothing that anybody sees.\n");
    write("README.md", "How to.\n");
    write("config.json", "{}");
    expect([...readChangesets(root)]).toEqual([
      [".changeset/a.md", []],
      [".changeset/b.md", ["@t495/proof", "@t495/chart-layer"]],
    ]);
  });

  test("reads one with a line's end of another system", () => {
    write("a.md", '---\r\n"@t495/proof": minor\r\n---\r\n\r\nText.\r\n');
    expect([...readChangesets(root)]).toEqual([[".changeset/a.md", ["@t495/proof"]]]);
  });

  test.each([
    ["pre", [".changeset/b.md"]],
    ["exit", [".changeset/a.md", ".changeset/b.md"]],
  ])("knows what is part of a prerelease, in mode %s", (mode, waiting) => {
    write("a.md", '---\n"@t495/proof": minor\n---\n\nText.\n');
    write("b.md", '---\n"@t495/proof": patch\n---\n\nText.\n');
    write("pre.json", JSON.stringify({ mode, tag: "next", initialVersions: {}, changesets: ["a"] }));
    expect([...readChangesets(root).keys()]).toEqual(waiting);
  });

  test.each([
    ["text alone", "Text.\n"],
    ["broken YAML", '---\n"@t495/proof: [patch\n---\n\nText.\n'],
    ["a bump that is none", '---\n"@t495/proof": huge\n---\n\nText.\n'],
    ["a list", '---\n- "@t495/proof"\n---\n\nText.\n'],
  ])("refuses %s", (_name, text) => {
    write("a.md", text);
    expect(() => readChangesets(root)).toThrow(
      expect.objectContaining({ name: "InputError", where: ".changeset/a.md" }),
    );
  });

  test("a repository without any has none", () => {
    expect(readChangesets(join(root, "elsewhere")).size).toBe(0);
  });
});
