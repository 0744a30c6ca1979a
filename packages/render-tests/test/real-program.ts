import { spawn } from "node:child_process";
import { chown, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Databases refuse to run as root; whoever tests as root (in a container) runs them as `nobody` instead. It has to
 * be a user with a name: initdb looks it up.
 */
const UNPRIVILEGED = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

export interface Result {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** The whole environment; default: the caller's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** As a user without privileges. */
  readonly unprivileged?: boolean;
}

export interface Running {
  /** When it has ended, with all it wrote. */
  readonly ended: Promise<Result>;
  /** What it wrote to standard output until now. */
  stdout(): string;
  /** What it wrote to standard error until now. */
  stderr(): string;
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  signal(signal: NodeJS.Signals): void;
}

/** Starts a program; one that cannot be started ends with exit code 127. */
export function start(program: string, args: readonly string[], options: RunOptions = {}): Running {
  const { env = process.env, input = "", unprivileged = false } = options;
  const child = spawn(program, args, { env, cwd: "/", ...(unprivileged ? UNPRIVILEGED : {}) });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    written.stderr += text;
  });
  child.stdin.on("error", () => {}).end(input);
  return {
    ended: new Promise((resolve) => {
      child.once("error", ({ message }) => resolve({ exitCode: 127, stdout: "", stderr: message }));
      child.once("close", (exitCode) => resolve({ exitCode, ...written }));
    }),
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    pid: child.pid,
    signal: (signal) => void child.kill(signal),
  };
}

/** Runs a program to its end. A failing one is a result, not an exception. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return start(program, args, options).ended;
}

/** Gives a directory and all in it to the user that `unprivileged` programs run as. */
export async function handOver(directory: string): Promise<void> {
  const { uid, gid } = UNPRIVILEGED;
  if (uid === undefined || gid === undefined) return;
  await chown(directory, uid, gid);
  for (const entry of await readdir(directory, { recursive: true })) {
    await chown(join(directory, entry), uid, gid);
  }
}

const PATIENCE_SECONDS = 30;

/**
 * Waits until something is so.
 *
 * @throws Error when it takes too long, or when the program that it waits for has ended, with what it said.
 */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean>,
  program?: Running,
  seconds = PATIENCE_SECONDS,
): Promise<void> {
  let ended: Result | undefined;
  void program?.ended.then((result) => {
    ended = result;
  });
  const deadline = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (ended !== undefined) {
      throw new Error(`${what}: it ended with ${ended.exitCode}: ${ended.stdout}${ended.stderr}`);
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
