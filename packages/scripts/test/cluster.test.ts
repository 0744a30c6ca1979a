import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { RepositoryCopy } from "./repository-copy.ts";
import { runCli } from "./run-cli.ts";

let copy: RepositoryCopy;
/** A process that is found where the holder of a cluster is looked for. */
let holder: ChildProcess;

beforeAll(() => {
  copy = new RepositoryCopy();
  holder = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "cluster"]);
  const folder = join(copy.root, "node_modules/.cache/t495/cluster/background");
  mkdirSync(folder, { recursive: true });
  const state = { pid: holder.pid, profile: "t495", kubeconfig: "/k", logs: "/l", started: "now" };
  writeFileSync(join(folder, "cluster.json"), JSON.stringify(state));
});
afterAll(() => {
  holder.kill();
  copy.remove();
});

const up = (...words: string[]) => runCli(["cluster", "up", ...words], { launcher: copy.launcher });

test.each([[[]], [["--profile", "t495"]]])("a cluster that runs is named again: up %j", async (words) => {
  expect(await up(...words)).toMatchObject({ code: 0, stdout: expect.stringContaining("profile t495") });
});

test("a cluster of another profile is refused", async () => {
  const { code, stdout, stderr } = await up("--profile", "small-16gb");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe(
    "error: a cluster of profile t495 runs already, not of small-16gb\n  fix: end it first: `platform cluster down`\n",
  );
});
