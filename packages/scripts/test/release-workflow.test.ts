import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";

interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

const text = readFileSync(
  fileURLToPath(new URL("../../../.github/workflows/release.yaml", import.meta.url)),
  "utf8",
);
const { permissions, jobs } = parse(text) as { permissions: object; jobs: Readonly<Record<string, Job>> };

test("every action of the release is pinned by commit, with the version for people beside it", () => {
  const lines = text.split("\n").filter((line) => /\buses:/.test(line));
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(line).toMatch(/uses: [a-z-]+\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("what packs may only read, and nothing has more than its job needs", () => {
  expect(permissions).toEqual({});
  expect(jobs.package?.permissions).toEqual({ contents: "read" });
  expect(jobs.publish?.permissions).toEqual({
    attestations: "write",
    contents: "write",
    "id-token": "write",
    packages: "write",
  });
});

test("no expression stands in a script, where its text would be run", () => {
  const scripts = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));
  expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
});
