import { spawn } from "node:child_process";

/** How a process is to run; nothing of the caller's environment reaches it. */
export interface ProcessOptions {
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ProcessResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end with standard input closed. A failing program is a result, not an exception; only a
 * program that cannot be started rejects, with the system's error.
 *
 * Not execa: loading that takes twice as long as Helm takes to render a small chart, and this is on the way of
 * every proof. Installing Helm, where comfort counts more, uses it.
 */
export function runProcess(
  program: string,
  args: readonly string[],
  { cwd, env }: ProcessOptions,
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", reject);
    child.once("close", (exitCode) => {
      resolve({
        exitCode,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      });
    });
  });
}
