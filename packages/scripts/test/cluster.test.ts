import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { RepositoryCopy } from "./repository-copy.ts";
import { runCli } from "./run-cli.ts";

const FOLDER = "node_modules/.cache/t495/cluster/background";

let copy: RepositoryCopy;
/** A process that is found where the holder of a cluster is looked for. */
let holder: ChildProcess;

beforeAll(() => {
  copy = new RepositoryCopy();
  holder = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "cluster"]);
  mkdirSync(join(copy.root, FOLDER), { recursive: true });
});
afterAll(() => {
  holder.kill();
  copy.remove();
});

const up = (profile: string, empty: boolean, words: readonly string[]) => {
  const state = { pid: holder.pid, profile, empty, kubeconfig: "/k", logs: "/l", started: "now" };
  copy.write(`${FOLDER}/cluster.json`, JSON.stringify(state));
  return runCli(["cluster", "up", ...words], { launcher: copy.launcher, cwd: copy.root });
};

const FILE = "charts/platform-umbrella/profiles/small-16gb.yaml";

test.each<[string, boolean, string[]]>([
  ["t495", false, []],
  ["t495", false, ["--profile", "t495"]],
  ["t495", true, ["--empty"]],
  ["small-16gb", false, ["--profile", FILE]],
])(
  "a cluster of %s that runs, empty %j, is named again: up %j",
  async (profile, empty, words) => {
    expect(await up(profile, empty, words)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`profile ${profile}${empty ? ", empty" : ""}, process`),
    });
  },
  60_000,
);

test.each<[string, boolean, string[], string]>([
  [
    "t495",
    false,
    ["--profile", FILE],
    "a cluster of profile t495 runs already, not a cluster of profile small-16gb",
  ],
  ["small-16gb", false, [], "a cluster of profile small-16gb runs already, not a cluster of profile t495"],
  [
    "t495",
    false,
    ["--empty"],
    "a cluster of profile t495 runs already, not an empty cluster of profile t495",
  ],
  ["t495", true, [], "an empty cluster of profile t495 runs already, not a cluster of profile t495"],
])(
  "a cluster of %s, empty %j, is refused to who asks for another: up %j",
  async (profile, empty, words, what) => {
    const { code, stdout, stderr } = await up(profile, empty, words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`error: ${what}\n  fix: end it first: \`platform cluster down\`\n`);
  },
  60_000,
);
