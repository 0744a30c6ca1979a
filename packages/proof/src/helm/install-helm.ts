import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { withLock } from "./lock.ts";
import { errorMessage } from "./system-error.ts";
import { readTarball } from "./tarball.ts";
import { HELM_VERSION } from "./versions.ts";

/** What the installation needs of the world, so that tests can stand in for it. */
export interface InstallOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly arch: string;
  readonly fetch: (url: string, init: { signal: AbortSignal }) => Promise<Response>;
  /** Says what takes long, one line for a person. */
  readonly report: (message: string) => void;
}

export interface Installed {
  readonly path: string;
  /** `built with go` or `downloaded`. */
  readonly how: string;
}

const MODULE = `helm.sh/helm/v${HELM_VERSION.split(".")[0]}`;
const BUILD_COMMAND = `go install ${MODULE}/cmd/helm@v${HELM_VERSION}`;
const RELEASES = "https://get.helm.sh";
const DOWNLOAD_TIMEOUT_MS = 120_000;
const PLATFORMS = ["linux", "darwin"];
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64", arm: "arm" };

/**
 * Installs the pinned Helm as `<toolsDirectory>/helm-<version>/helm`: built with Go, whose checksum database
 * vouches for the source, or else the official release, held against its published checksum. Two processes may
 * do so at once: the second waits for the first, and whoever finishes puts a whole program in place.
 *
 * @throws InputError that says why neither worked and what a person can do.
 */
export async function installHelm(toolsDirectory: string, options: InstallOptions): Promise<Installed> {
  await mkdir(toolsDirectory, { recursive: true });
  const target = join(toolsDirectory, `helm-${HELM_VERSION}`);
  const path = join(target, "helm");
  return withLock(join(toolsDirectory, `helm-${HELM_VERSION}.lock`), async () => {
    if (await exists(path)) return { path, how: "installed by another run" };
    const temporary = join(toolsDirectory, `.helm-${randomBytes(6).toString("hex")}`);
    await mkdir(temporary);
    try {
      const how = await obtain(temporary, options);
      await rename(temporary, target).catch(async (error: unknown) => {
        if (!(await exists(path))) throw error;
      });
      return { path, how };
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

async function obtain(directory: string, options: InstallOptions): Promise<string> {
  const failures: string[] = [];
  for (const [how, attempt] of [
    ["built with go", build],
    ["downloaded", download],
  ] as const) {
    const failure = await attempt(directory, options);
    if (failure === undefined) return how;
    failures.push(failure);
  }
  throw new InputError({
    what: `Helm ${HELM_VERSION} is missing and could not be installed: ${failures.join("; ")}.`,
    fix: `Install Go and run \`${BUILD_COMMAND}\`, or get Helm ${HELM_VERSION} from ${RELEASES} and set HELM_BIN to it.`,
  });
}

/** Undefined when it worked, else why not. */
async function build(directory: string, { env, report }: InstallOptions): Promise<string | undefined> {
  // Loaded only here: it takes longer than a whole rendering.
  const { execa } = await import("execa");
  const { GOOS: _os, GOARCH: _arch, GOFLAGS: _flags, ...rest } = env;
  const goEnvironment = { ...rest, GOBIN: directory, GOWORK: "off", CGO_ENABLED: "0" };
  const run = {
    cwd: directory,
    env: goEnvironment,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  } as const;
  const go = await execa("go", ["version"], run);
  if (go.failed) return "Go is not installed";
  report(`building helm ${HELM_VERSION} with go (about 3 minutes, once)`);
  // The linker flag makes it state its full version, as the official release does.
  const linkerFlags = `-s -w -X ${MODULE}/internal/version.version=v${HELM_VERSION}`;
  const args = ["install", "-ldflags", linkerFlags, `${MODULE}/cmd/helm@v${HELM_VERSION}`];
  const { failed, stderr, shortMessage } = await execa("go", args, run);
  if (!failed) return undefined;
  return `go could not build it (${stderr.trim().split("\n").at(-1) || shortMessage})`;
}

async function download(directory: string, options: InstallOptions): Promise<string | undefined> {
  const arch = ARCHITECTURES[options.arch];
  if (!PLATFORMS.includes(options.platform) || arch === undefined) {
    return `there is no release for ${options.platform} ${options.arch} that fits`;
  }
  const name = `helm-v${HELM_VERSION}-${options.platform}-${arch}.tar.gz`;
  options.report(`downloading helm ${HELM_VERSION} from ${RELEASES} (once)`);
  try {
    const checksum = (await fetchBytes(`${RELEASES}/${name}.sha256sum`, options)).toString("utf8");
    const [expected = "", file = ""] = checksum.trim().split(/\s+/);
    if (!/^[0-9a-f]{64}$/.test(expected) || file !== name)
      return `${RELEASES}/${name}.sha256sum is no checksum`;
    const archive = await fetchBytes(`${RELEASES}/${name}`, options);
    const actual = createHash("sha256").update(archive).digest("hex");
    if (actual !== expected) return `${RELEASES}/${name} does not have its published checksum`;
    const program = readTarball(archive, `${options.platform}-${arch}/helm`);
    if (program === undefined) return `${RELEASES}/${name} holds no helm`;
    await writeFile(join(directory, "helm"), program);
    await chmod(join(directory, "helm"), 0o755);
    return undefined;
  } catch (error) {
    return `the download failed (${reasonOf(error)})`;
  }
}

async function fetchBytes(url: string, { fetch }: InstallOptions): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** `fetch` hides what went wrong below `cause`. */
function reasonOf(error: unknown): string {
  const hasCause = typeof error === "object" && error !== null && "cause" in error;
  return errorMessage(hasCause ? error.cause : error);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
