import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface CommandOptions {
  readonly cwd: string;
  /** On top of the caller's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end.
 * @returns what it wrote on standard output
 * @throws Error with what it wrote when it fails
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  { cwd, env = {} }: CommandOptions,
): Promise<string> {
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    return (await promisify(execFile)(file, args, options)).stdout;
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${[file, ...args].join(" ")} failed: ${stderr}${stdout}`.trim(), { cause });
  }
}
