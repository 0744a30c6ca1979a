import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@t495/proof/errors";

/** What a cluster in the background leaves on disk, so that it can be found again. */
export interface BackgroundCluster {
  /** The process that holds it: when it ends, everything ends. */
  readonly pid: number;
  readonly profile: string;
  /** Only the node, nothing of the platform. */
  readonly empty: boolean;
  readonly kubeconfig: string;
  readonly logs: string;
  readonly started: string;
}

/** The folder of the one cluster that this checkout may have in the background. */
export function backgroundFolder(cacheDirectory: string): string {
  return join(cacheDirectory, "cluster/background");
}

/** The cluster of this checkout, if it still runs; what a killed one left behind counts for nothing. */
export async function findBackground(cacheDirectory: string): Promise<BackgroundCluster | undefined> {
  const text = await readFile(stateFile(cacheDirectory), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as BackgroundCluster;
  return (await holds(state.pid)) ? state : undefined;
}

/** Says that it is up. Whoever started the process waits for this. */
export async function announce(cacheDirectory: string, state: BackgroundCluster): Promise<void> {
  await writeFile(stateFile(cacheDirectory), `${JSON.stringify(state, null, 2)}\n`);
}

/**
 * Starts a process that holds the cluster, and waits until it is up.
 * @throws InputError when it ends before, with what it wrote.
 */
export async function startInBackground(
  cacheDirectory: string,
  command: readonly string[],
): Promise<BackgroundCluster> {
  const folder = backgroundFolder(cacheDirectory);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const log = join(folder, "cluster.log");
  const output = openSync(log, "a");
  const [program = "", ...words] = command;
  const child = spawn(program, words, { detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  let ended = false;
  child.once("close", () => {
    ended = true;
  });
  child.unref();
  for (;;) {
    const found = await findBackground(cacheDirectory);
    if (found !== undefined) return found;
    if (ended) {
      const said = (await readFile(log, "utf8")).trim().split("\n").slice(-10).join("\n");
      throw new InputError({
        what: `the cluster did not come up: ${said}`,
        where: log,
        fix: "mend what it says",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Ends it and waits until everything has ended. False when there was none. */
export async function stopBackground(cacheDirectory: string): Promise<boolean> {
  const state = await findBackground(cacheDirectory);
  if (state === undefined) return false;
  process.kill(state.pid, "SIGTERM");
  while (await holds(state.pid)) await new Promise((resolve) => setTimeout(resolve, 100));
  await rm(backgroundFolder(cacheDirectory), { recursive: true, force: true });
  return true;
}

function stateFile(cacheDirectory: string): string {
  return join(backgroundFolder(cacheDirectory), "cluster.json");
}

/** Whether a process of this id runs and is the one that holds a cluster: ids are used again. */
async function holds(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "cluster");
  return command.includes("cluster");
}
