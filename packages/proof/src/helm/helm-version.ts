import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isObject } from "../manifest/values.ts";
import { runProcess } from "./run-process.ts";

/** Remembers versions by path, size and time of change: asking Helm takes as long as rendering a small chart. */
const MEMORY_FILE = "helm-versions.json";
const PRINTED_VERSION = /^v?(\d+\.\d+(?:\.\d+)?)/;
const MODULE_VERSION = /\tv(\d+\.\d+\.\d+[^\s]*)/;

/**
 * The version of a Helm program, `4.2.1`. Built with `go install` Helm prints no more than `v4.2`; then the
 * module version that Go wrote into the program counts, and if there is none, `4.2`.
 *
 * @throws Error when the program does not run or prints no version.
 */
export async function readHelmVersion(
  path: string,
  cacheDirectory: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  const stamp = `${mtimeMs}-${size}`;
  const memory = await readMemory(cacheDirectory);
  const known = memory[path];
  if (known?.stamp === stamp) return known.version;
  const version = await askVersion(path, env);
  await writeMemory(cacheDirectory, { ...memory, [path]: { stamp, version } });
  return version;
}

async function askVersion(path: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { exitCode, stdout, stderr } = await runProcess(path, ["version", "--template", "{{.Version}}"], {
    env,
  });
  const printed = PRINTED_VERSION.exec(stdout.trim())?.[1];
  if (exitCode !== 0 || printed === undefined) {
    throw new Error((stderr || stdout).trim().split("\n")[0] || "it printed no version");
  }
  if (printed.split(".").length === 3) return printed;
  return (await readModuleVersion(path, printed)) ?? printed;
}

/** Go keeps the main module's version as text in the program: `mod helm.sh/helm/v4 v4.2.1`, tab-separated. */
async function readModuleVersion(path: string, printed: string): Promise<string | undefined> {
  const program = await readFile(path);
  const at = program.indexOf(`mod\thelm.sh/helm/v${printed.split(".")[0]}\t`);
  if (at === -1) return undefined;
  const version = MODULE_VERSION.exec(program.subarray(at, at + 100).toString("latin1"))?.[1];
  return version?.startsWith(`${printed}.`) ? version : undefined;
}

interface Remembered {
  readonly stamp: string;
  readonly version: string;
}

async function readMemory(cacheDirectory: string): Promise<Record<string, Remembered>> {
  try {
    const memory: unknown = JSON.parse(await readFile(join(cacheDirectory, MEMORY_FILE), "utf8"));
    const entries = isObject(memory) ? Object.entries(memory) : [];
    return Object.fromEntries(
      entries.filter((entry): entry is [string, Remembered] => isRemembered(entry[1])),
    );
  } catch {
    // Missing or half written by another hand: it is only a memory.
    return {};
  }
}

function isRemembered(value: unknown): value is Remembered {
  return isObject(value) && typeof value.stamp === "string" && typeof value.version === "string";
}

async function writeMemory(cacheDirectory: string, memory: Record<string, Remembered>): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true });
  const file = join(cacheDirectory, MEMORY_FILE);
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(temporary, `${JSON.stringify(memory, null, 2)}\n`);
  await rename(temporary, file);
}
