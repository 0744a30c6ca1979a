#!/usr/bin/env node
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { $ } from "zx";

/**
 * `pnpm test`: types, lint and every test, through turbo's cache. `pnpm test:programs`: real programs under the
 * rendered configuration. `pnpm test:cluster`: a real control plane. Helm is found first, so that its version is
 * part of what turbo hashes; results are files that turbo keeps, so that the last line is true for a
 * cached run too.
 */

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const [suite] = process.argv.slice(2);
/** Suites beside the ordinary one, by the word after `test.mjs`: their task is `test:<suite>`. */
const isApart = ["programs", "cluster"].includes(suite);
const TASKS = isApart ? [`test:${suite}`] : ["typecheck", "lint", "test"];
const RESULTS = isApart ? `.turbo/jest-${suite}-results.json` : ".turbo/jest-results.json";

process.exitCode = await main();

async function main() {
  const helm = await findHelm();
  if (helm === undefined) return 2;
  // No test waits for a compiler.
  if (suite === "cluster" && !(await buildCluster())) return 2;
  const packages = testedPackages();
  // What is found afterwards was written by this run, or restored by turbo for exactly these inputs.
  for (const folder of packages) rmSync(join(folder, RESULTS), { force: true });
  const env = {
    ...process.env,
    PATH: `${pnpmFolder()}${delimiter}${process.env.PATH}`,
    // This run was verified when it began; each task would do it again.
    npm_config_verify_deps_before_run: "false",
    HELM_BIN: helm.path,
    T495_HELM: helm.version,
    T495_NODE: process.version,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
  };
  const { exitCode } = await $({
    cwd: ROOT,
    stdio: "inherit",
    nothrow: true,
    env,
  })`${process.execPath} ${turboProgram()} run ${TASKS} ${options()}`;
  return summarise(packages, exitCode ?? 1);
}

/** Failures of one task do not hide those of another. */
function options() {
  // Stage by stage, what became of the claims is said whether all went well or not.
  const logs = suite === "cluster" ? "full" : "errors-only";
  return ["--continue", `--output-logs=${logs}`, ...process.argv.slice(isApart ? 3 : 2)];
}

/** Turbo runs scripts with the `pnpm` on PATH; where corepack starts pnpm there is none, so one is made. */
function pnpmFolder() {
  const folder = join(ROOT, "node_modules/.cache/t495/bin");
  const started = process.env.npm_execpath ?? "";
  const command = /pnpm[^/]*$/.test(started) ? `"${process.execPath}" "${started}"` : "corepack pnpm";
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `pnpm.${process.pid}`);
  writeFileSync(draft, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  renameSync(draft, join(folder, "pnpm"));
  return folder;
}

function turboProgram() {
  return createRequire(join(ROOT, "package.json")).resolve("turbo/bin/turbo");
}

/** The Helm that `platform tools` chooses; installing it is said on stderr. Undefined when there is none. */
async function findHelm() {
  const platform = fileURLToPath(new URL("platform.mjs", import.meta.url));
  const stdio = ["ignore", "pipe", "inherit"];
  const tools = await $({ stdio, nothrow: true })`${process.execPath} ${platform} tools --format json`;
  return tools.exitCode === 0 ? JSON.parse(tools.stdout).helm : undefined;
}

/** False when a program of the control plane is not to be had; why is said on stderr. */
async function buildCluster() {
  const platform = fileURLToPath(new URL("platform.mjs", import.meta.url));
  const { exitCode } = await $({
    stdio: "inherit",
    nothrow: true,
  })`${process.execPath} ${platform} cluster build`;
  return exitCode === 0;
}

function testedPackages() {
  return readdirSync(join(ROOT, "packages"))
    .map((name) => join(ROOT, "packages", name))
    .filter((folder) => {
      const manifest = join(folder, "package.json");
      return (
        existsSync(manifest) &&
        JSON.parse(readFileSync(manifest, "utf8")).scripts?.[TASKS.at(-1)] !== undefined
      );
    });
}

function summarise(packages, status) {
  let passed = 0;
  let failed = 0;
  const silent = [];
  for (const folder of packages) {
    const file = join(folder, RESULTS);
    if (!existsSync(file)) {
      silent.push(folder.slice(ROOT.length));
      continue;
    }
    const results = JSON.parse(readFileSync(file, "utf8"));
    passed += results.numPassedTests;
    // A file that does not even load holds no test that could fail.
    failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  }
  for (const folder of silent) process.stderr.write(`error: ${folder} left no test results\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  const complete = silent.length === 0 && passed > 0 && failed === 0;
  return status === 0 && !complete ? 1 : status;
}
