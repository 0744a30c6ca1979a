import { join } from "node:path";
import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

/** A Python interpreter and packages for it, apart from what else is installed. */
export interface PythonPrograms {
  readonly python: string;
  /** What makes the packages importable. */
  readonly env: Readonly<Record<string, string>>;
}

/** What to install where {@link findPython} finds nothing. */
export const PYTHON_MISSING =
  "These tests run Python programs as a user without privileges, and no python3 with pip that such a user can run is here: apt-get install python3-pip";

/** Interpreters in order of preference: one below somebody's home is closed to the user that the tests run as. */
const INTERPRETERS = ["/usr/bin/python3", "python3", "python3.13", "python3.12"];

/**
 * An interpreter with pip that a user without privileges can run; undefined when this machine has none.
 *
 * @param leastMinor The oldest release of Python 3 that will do.
 */
export async function findPython(leastMinor = 0): Promise<string | undefined> {
  const isFit = `import pip, sys; sys.exit(sys.version_info < (3, ${leastMinor}))`;
  for (const python of INTERPRETERS) {
    const { exitCode } = await run(python, ["-c", isFit], { unprivileged: true });
    if (exitCode === 0) return python;
  }
  return undefined;
}

/**
 * Packages from PyPI in the workspace's tool cache; the first time takes a minute or two.
 *
 * @param name Folder in the cache, with the version.
 * @param packages As pip takes them, each with its version.
 * @throws Error with pip's words when they cannot be had.
 */
export async function pythonPrograms(
  python: string,
  name: string,
  packages: readonly string[],
): Promise<PythonPrograms> {
  const folder = await cachedTool(name, async (directory) => {
    const options = ["--quiet", "--disable-pip-version-check", "--no-warn-conflicts", "--no-compile"];
    const target = ["--target", join(directory, "site")];
    const { exitCode, stderr } = await run(python, [
      "-m",
      "pip",
      "install",
      ...options,
      ...target,
      ...packages,
    ]);
    if (exitCode !== 0) throw new Error(`pip could not install ${packages.join(" ")}: ${stderr}`);
  });
  return { python, env: { PYTHONPATH: join(folder, "site"), PYTHONDONTWRITEBYTECODE: "1" } };
}
