import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { InputError, isInputError } from "../errors.ts";
import { helmEnvironment } from "./helm-environment.ts";
import { readHelmVersion } from "./helm-version.ts";
import { errorMessage } from "./system-error.ts";
import { HELM_VERSION, OLDEST_HELM_VERSION } from "./versions.ts";

/** A Helm that may render. */
export interface Helm {
  readonly path: string;
  /** `4.2.1`; a Helm that does not know its patch says `4.2`. */
  readonly version: string;
  /** Why this one, in words that finish «used because …». */
  readonly reason: string;
}

export interface FindHelmOptions {
  /** Environment of the caller: `HELM_BIN` and `PATH` are read from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where tools and packed charts are kept: `node_modules/.cache/t495` of the repository. */
  readonly cacheDirectory: string;
  /** Installs the pinned Helm below the given directory and gives its path. */
  readonly install: (toolsDirectory: string) => Promise<{ readonly path: string; readonly how: string }>;
}

const PINNED = /^\d+\.\d+/.exec(HELM_VERSION)?.[0] ?? HELM_VERSION;

/**
 * Finds a Helm in this order: `HELM_BIN`; the first on `PATH`, if it is of the pinned minor version (patches
 * mend, minor versions may render differently, and Argo CD has one of them); the tool cache; else it installs
 * the pinned version there.
 *
 * @throws InputError when `HELM_BIN` cannot be used, or nothing is found and nothing can be installed.
 */
export async function findHelm({ env, cacheDirectory, install }: FindHelmOptions): Promise<Helm> {
  const versionOf = (path: string): Promise<string> =>
    readHelmVersion(path, cacheDirectory, helmEnvironment(env, cacheDirectory));
  if (env.HELM_BIN) return namedHelm(env.HELM_BIN, versionOf);
  const onPath = await searchPath(env.PATH ?? "");
  const pathVersion = onPath === undefined ? undefined : await versionOf(onPath).catch(() => undefined);
  if (onPath !== undefined && pathVersion !== undefined && isPinnedMinor(pathVersion)) {
    return {
      path: onPath,
      version: pathVersion,
      reason: `it is on PATH and Argo CD renders with Helm ${PINNED}`,
    };
  }
  const toolsDirectory = join(cacheDirectory, "tools");
  const cached = join(toolsDirectory, `helm-${HELM_VERSION}`, "helm");
  if (await isProgram(cached)) {
    return {
      path: cached,
      version: HELM_VERSION,
      reason: `it is the pinned version, installed in the tool cache`,
    };
  }
  const { path, how } = await install(toolsDirectory).catch((error: unknown) => {
    throw isInputError(error) ? withUnfitting(error, onPath, pathVersion) : error;
  });
  return { path, version: HELM_VERSION, reason: `it is the pinned version, just ${how}` };
}

/** Says also why the Helm that is there was not taken. */
function withUnfitting(error: InputError, path: string | undefined, version: string | undefined): InputError {
  if (path === undefined) return error;
  const found =
    version === undefined ? "does not run as Helm" : `is Helm ${version}, and Argo CD renders with ${PINNED}`;
  return new InputError({
    what: `${error.what} ${path} ${found}.`,
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    cause: error,
  });
}

async function namedHelm(name: string, versionOf: (path: string) => Promise<string>): Promise<Helm> {
  const path = resolve(name);
  const unusable = (what: string, cause?: unknown): InputError =>
    new InputError({
      what: `HELM_BIN cannot be used: ${what}.`,
      where: path,
      fix: `Point HELM_BIN at a Helm program of version ${HELM_VERSION}, or unset it and a fitting one is found.`,
      cause,
    });
  if (!(await isProgram(path))) throw unusable("there is no program of that name");
  const version = await versionOf(path).catch((error: unknown) => {
    throw unusable(`it does not run as Helm (${errorMessage(error)})`, error);
  });
  if (compareVersions(version, OLDEST_HELM_VERSION) < 0) {
    throw unusable(
      `Helm ${version} is too old, ${OLDEST_HELM_VERSION} is the oldest that renders these charts`,
    );
  }
  const other = isPinnedMinor(version) ? "" : ` (Argo CD renders with Helm ${PINNED})`;
  return { path, version, reason: `HELM_BIN names it${other}` };
}

/** The first program of that name, as a shell would find it. */
async function searchPath(path: string): Promise<string | undefined> {
  for (const directory of path.split(delimiter)) {
    const candidate = join(directory, "helm");
    if (directory !== "" && (await isProgram(candidate))) return candidate;
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function isPinnedMinor(version: string): boolean {
  return version === PINNED || version.startsWith(`${PINNED}.`);
}

/** By number, part by part; a missing patch is the lowest. */
function compareVersions(left: string, right: string): number {
  const [leftParts, rightParts] = [left, right].map((version) =>
    version.split(/[.+-]/).slice(0, 3).map(Number),
  );
  for (const at of [0, 1, 2]) {
    const difference = (leftParts?.[at] ?? 0) - (rightParts?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
