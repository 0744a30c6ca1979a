import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@t495/proof/errors";
import { withLock } from "@t495/proof/lock";
import { type ProgramModule, programModules } from "./program-modules.ts";

export interface ObtainProgramsOptions {
  /** The repository's folder: its modules say what is built. */
  readonly repository: string;
  /** `node_modules/.cache/t495` of the repository: built programs are kept below its `cluster` folder. */
  readonly cacheDirectory: string;
  /** Progress, a sentence at a time. */
  readonly report: (line: string) => void;
  /** Names of the modules to have; all when not given. */
  readonly modules?: readonly string[];
}

/** Path of each program by its name. */
export type Programs = ReadonlyMap<string, string>;

/**
 * The programs of the control plane, built with Go from the modules of {@link programModules}. A module is built when what it
 * is built from has changed, and never again; Go's checksum database verifies what is downloaded.
 *
 * @throws InputError when one is not in the cache and Go is missing, or when its build fails.
 */
export async function obtainPrograms(options: ObtainProgramsOptions): Promise<Programs> {
  const { repository, cacheDirectory, report, modules } = options;
  const packages = join(repository, "packages");
  const wanted = programModules.filter(({ name }) => modules === undefined || modules.includes(name));
  const folders = await Promise.all(
    wanted.map(async (module) => ({
      module,
      folder: join(cacheDirectory, "cluster", await keyOf(packages, module)),
    })),
  );
  const missing: typeof folders = [];
  for (const entry of folders) if (!(await exists(entry.folder))) missing.push(entry);
  if (missing.length > 0) {
    await mkdir(join(cacheDirectory, "cluster"), { recursive: true });
    const seconds = missing.reduce((sum, { module }) => sum + module.coldSeconds, 0);
    report(
      `${missing.length} of ${wanted.length} program modules are built: about ${minutes(seconds)} on two cores, once`,
    );
  }
  for (const { module, folder } of missing) {
    const started = Date.now();
    report(`building ${module.name} (about ${minutes(module.coldSeconds)} when Go's cache is empty)`);
    await withLock(`${folder}.lock`, () => make(packages, module, folder));
    report(`built ${module.name} in ${Math.round((Date.now() - started) / 1000)} s`);
  }
  return new Map(
    folders.flatMap(({ module, folder }) =>
      Object.keys(module.packages).map((name) => [name, join(folder, name)]),
    ),
  );
}

/** The folder's name: the module's, and a hash of all that decides about the bytes of its programs. */
async function keyOf(root: string, { name, folder, packages, ldflags }: ProgramModule): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify({ packages, ldflags, arch: process.arch }));
  for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(join(root, folder, file)));
  return `${name}-${hash.digest("hex").slice(0, 16)}`;
}

/** Made aside and moved: an interrupted build leaves nothing half done under the name. */
async function make(root: string, module: ProgramModule, folder: string): Promise<void> {
  if (await exists(folder)) return;
  const aside = await mkdtemp(`${folder}.`);
  try {
    for (const [program, goPackage] of Object.entries(module.packages)) {
      await goBuild(root, module, goPackage, join(aside, program));
    }
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

async function goBuild(
  root: string,
  { name, folder, ldflags }: ProgramModule,
  goPackage: string,
  output: string,
): Promise<void> {
  const child = spawn("go", ["build", "-ldflags", ldflags, "-o", output, goPackage], {
    cwd: join(root, folder),
    env: { ...process.env, GOFLAGS: "-buildvcs=false -mod=readonly" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (cause) => reject(goMissing(name, cause)));
    child.once("close", resolve);
  });
  if (exitCode === 0) return;
  throw new InputError({
    where: `packages/${folder}`,
    what: `\`go build ${goPackage}\` failed: ${said.trim().split("\n").slice(-5).join("\n")}`,
    fix: "mend what Go says; the module proxy must be reachable the first time",
  });
}

function goMissing(name: string, cause: unknown): InputError {
  return new InputError({
    what: `Go is not on PATH, and the programs of ${name} are not built yet`,
    fix: "install Go 1.26 or newer (https://go.dev/doc/install): the cluster proof runs Kubernetes' own programs",
    cause,
  });
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
