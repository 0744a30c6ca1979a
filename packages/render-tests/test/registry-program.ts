import { run } from "./real-program.ts";
import { cachedTool } from "./tool-cache.ts";

/** The version of the image that the plan pins; a test holds the two together. */
export const REGISTRY_VERSION = "3.1.1";

const MODULE = `github.com/distribution/distribution/v3/cmd/registry@v${REGISTRY_VERSION}`;

export const REGISTRY_MISSING = `The real registry could not be built: install Go (https://go.dev/doc/install); \`go install ${MODULE}\` must work. In CI the image's shell is needed too: \`apt-get install busybox\`.`;

export interface RegistryTools {
  /** The registry itself. */
  readonly program: string;
  /** What runs serve.sh. */
  readonly shell: readonly string[];
}

/**
 * The real programs of the image: the registry, built with Go from the released module and kept in the
 * workspace's cache (two minutes, once), and BusyBox' shell. Undefined when one is not to be had.
 */
export async function findRegistry(): Promise<RegistryTools | undefined> {
  const shell = await imageShell();
  const folder = await cachedTool(`registry-${REGISTRY_VERSION}`, build).catch(() => undefined);
  return shell === undefined || folder === undefined ? undefined : { program: `${folder}/registry`, shell };
}

/** Elsewhere than in CI the system's shell will do. */
async function imageShell(): Promise<readonly string[] | undefined> {
  const { exitCode } = await run("busybox", ["true"]);
  if (exitCode === 0) return ["busybox", "sh"];
  return process.env.CI ? undefined : ["sh"];
}

async function build(folder: string): Promise<void> {
  const env = { ...process.env, GOBIN: folder, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false" };
  const { exitCode, stderr } = await run("go", ["install", "-trimpath", MODULE], { env });
  if (exitCode !== 0) throw new Error(stderr);
}
