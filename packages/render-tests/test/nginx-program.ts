import { delimiter, join } from "node:path";
import { run } from "./real-program.ts";

/** The oldest that writes its first lines where it is told (`-e`). */
const OLDEST = [1, 19, 5] as const;

/** An nginx that a user without privileges can run, looked for in `PATH`; undefined when there is none. */
export async function findNginx(): Promise<string | undefined> {
  for (const directory of [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]) {
    if (directory === "") continue;
    const program = join(directory, "nginx");
    const { stderr } = await run(program, ["-v"], { unprivileged: true });
    const version = /nginx\/(\d+)\.(\d+)\.(\d+)/.exec(stderr)?.slice(1).map(Number);
    if (version !== undefined && compare(version, OLDEST) >= 0) return program;
  }
  return undefined;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, position) => part !== other[position]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
