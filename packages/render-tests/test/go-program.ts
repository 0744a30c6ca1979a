import { join } from "node:path";
import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

/** A program of a Go module, at the version of the image that the plan pins. */
export interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** The folder of the program in its module. */
  readonly folder: string;
  readonly name: string;
  /** Build tags, by which a module leaves out what no test needs. */
  readonly tags?: readonly string[];
}

/**
 * The program, built with Go from the released module with the dependencies that the release names, and kept in the
 * workspace's cache (a minute, once); undefined when it is not to be had.
 */
export async function findGoProgram(program: GoProgram): Promise<string | undefined> {
  const { name, version } = program;
  const folder = await cachedTool(`${name}-${version}`, (target) => build(program, target)).catch(
    () => undefined,
  );
  return folder === undefined ? undefined : join(folder, name);
}

/** What to say when it is not to be had. */
export function goProgramMissing({ module, version }: GoProgram): string {
  return `${module} ${version} could not be built: install Go (https://go.dev/doc/install); \`go mod download ${module}@${version}\` must work.`;
}

/** Not `go install`: that asks for every version of the module besides, which a proxy need not list. */
async function build({ module, version, folder, name, tags = [] }: GoProgram, target: string): Promise<void> {
  // A released module may hold a workspace file that names modules which are not in it.
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOWORK: "off" };
  const downloaded = await run("go", ["mod", "download", "-json", `${module}@${version}`], { env });
  if (downloaded.exitCode !== 0) throw new Error(downloaded.stdout + downloaded.stderr);
  const { Dir } = JSON.parse(downloaded.stdout) as { Dir: string };
  const options = ["-C", Dir, "-trimpath", "-tags", tags.join(","), "-o", join(target, name)];
  const { exitCode, stderr } = await run("go", ["build", ...options, folder], { env });
  if (exitCode !== 0) throw new Error(stderr);
}
