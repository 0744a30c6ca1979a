import { delimiter, join } from "node:path";
import { run } from "./real-program.ts";

interface RedisPrograms {
  readonly directory: string;
  /** Of the server: 8. */
  readonly major: number;
}

/** A Redis that accepts the configuration: subcommand rules and `enable-*` settings came with 7. */
const OLDEST = 7;

/**
 * The directory with redis-server and redis-cli that a user without privileges can run; undefined when this
 * machine has none that is new enough. Looked for: `REDIS_BIN`, `PATH`.
 */
export async function findRedis(): Promise<RedisPrograms | undefined> {
  const directories = [process.env.REDIS_BIN ?? "", ...(process.env.PATH ?? "").split(delimiter)];
  for (const directory of directories.filter((candidate) => candidate !== "")) {
    const server = await run(join(directory, "redis-server"), ["--version"], { unprivileged: true });
    const client = await run(join(directory, "redis-cli"), ["--version"], { unprivileged: true });
    const major = Number(/\bv=(\d+)\./.exec(server.stdout)?.[1]);
    if (major >= OLDEST && client.exitCode === 0) return { directory, major };
  }
  return undefined;
}
