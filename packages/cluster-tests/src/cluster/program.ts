import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Of util-linux; it becomes the program itself, so that the process id stays. */
const SETPRIV = "/usr/bin/setpriv";

/** How long a program may take to end after it was asked to. */
const GRACE_MS = 5_000;

export interface ProgramOptions {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  /** Where its log is kept, as `<name>.log`. */
  readonly logs: string;
  /** On top of the caller's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that runs until it is stopped. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** Whether it still runs. */
  isRunning(): boolean;
  /** The last lines that it wrote. */
  tail(): string;
  /** Ends it and waits until it has ended: by SIGTERM, and by SIGKILL when that takes too long. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Every program that this process started and that has not ended; none of them may outlive it. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Where Linux can, the kernel ends a program when whoever started it is killed without a chance to. */
function bound(): string[] {
  return existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL", "--"] : [];
}

/**
 * Starts a program with its output in a log file.
 * @throws Error when it cannot be started at all.
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, path, args, logs, env = {} } = options;
  const log = join(logs, `${name}.log`);
  const output = openSync(log, "a");
  const [file = path, ...words] = [...bound(), path, ...args];
  const child = spawn(file, words, { env: { ...process.env, ...env }, stdio: ["ignore", output, output] });
  closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} has no process id`);
  running.add(child);
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => {
      running.delete(child);
      resolve();
    }),
  );
  return {
    name,
    pid,
    log,
    isRunning: () => running.has(child),
    tail: () => readFileSync(log, "utf8").split("\n").slice(-15).join("\n"),
    async stop(signal = "SIGTERM") {
      if (!running.has(child)) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * Waits until something is so.
 * @throws Error when that takes too long or when the program that it depends on has ended, with what it wrote last.
 */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean>,
  { seconds = 120, everyMs = 100, program }: { seconds?: number; everyMs?: number; program?: Program } = {},
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (program !== undefined && !program.isRunning()) {
      throw new Error(`${what}: ${program.name} has ended; the end of its log:\n${program.tail()}`);
    }
    if (Date.now() > deadline) {
      const end = program === undefined ? "" : `; the end of ${program.name}'s log:\n${program.tail()}`;
      throw new Error(`${what}: not so within ${seconds} s${end}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
