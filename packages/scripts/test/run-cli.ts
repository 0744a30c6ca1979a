import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../bin/platform.mjs", import.meta.url));

export interface CliOptions {
  /** Standard input; closed when absent. */
  readonly stdin?: string;
  readonly cwd?: string;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The launcher of another copy of the repository. */
  readonly launcher?: string;
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line in an environment that does not depend on who runs the test. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { FORCE_COLOR: _color, CI: _ci, ...env } = process.env;
  const child = spawn(process.execPath, [options.launcher ?? LAUNCHER, ...args], {
    cwd: options.cwd,
    env: {
      ...env,
      NODE_OPTIONS: "",
      LC_ALL: "C.UTF-8",
      NO_COLOR: "1",
      COLUMNS: String(options.columns ?? 100),
      ...options.env,
    },
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.on("error", () => {
    // The program may end before it has read everything, as on bad input.
  });
  child.stdin?.end(options.stdin);
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
