import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";

interface Job {
  readonly uses?: string;
  readonly needs?: readonly string[];
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps?: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}.yaml`));
const { scripts } = JSON.parse(read("package.json")) as { scripts: object };

describe.each(["release", "test"])("the workflow %s", (name) => {
  const steps = Object.values(workflow(name).jobs).flatMap((job) => job.steps ?? []);
  const commands = steps.map(({ run = "" }) => run);

  test("pins every action by commit, with the version for people beside it", () => {
    const lines = read(`.github/workflows/${name}.yaml`)
      .split("\n")
      .filter((line) => /\buses: (?!\.\/)/.test(line));
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line).toMatch(/uses: [a-z-]+\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("leaves the token in no checkout", () => {
    const checkouts = steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(checkouts.map(() => false));
  });

  test("has no expression in a script, where its text would be run", () => {
    expect(commands.filter((script) => script.includes("${{"))).toEqual([]);
  });

  test("runs only what package.json has", () => {
    const called = commands.flatMap((script) =>
      [...script.matchAll(/corepack pnpm (?:--\S+ )*(\S+)/g)].map(([, word = ""]) => word),
    );
    expect(called.length).toBeGreaterThan(1);
    for (const word of called) expect(["install", ...Object.keys(scripts)]).toContain(word);
  });
});

describe("the workflow release", () => {
  const { permissions, jobs } = workflow("release");

  test("publishes only what the tests of every change have passed, and both processors have packed", () => {
    expect(jobs.publish?.needs).toEqual(["test", "package"]);
    expect(jobs.test?.uses).toBe("./.github/workflows/test.yaml");
  });

  test("may only read until it publishes, and nothing has more than its job needs", () => {
    expect(permissions).toEqual({});
    expect(jobs.test?.permissions).toEqual({ contents: "read" });
    expect(jobs.package?.permissions).toEqual({ contents: "read" });
    expect(jobs.publish?.permissions).toEqual({
      attestations: "write",
      contents: "write",
      "id-token": "write",
      packages: "write",
    });
  });
});
