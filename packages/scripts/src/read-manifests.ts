import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { InputError, type Manifest, type Plan, parseManifests, readPlanFile } from "@t495/proof";
import { decodeText } from "./decode-text.ts";

/**
 * The manifests of files, or of standard input for `-` and for no file at all.
 * @throws InputError when there is not one object in all of them: nothing would be proven of nothing.
 */
export async function readManifests(files: readonly string[]): Promise<readonly Manifest[]> {
  const names = files.length === 0 ? ["-"] : files;
  const manifests: Manifest[] = [];
  for (const name of names) {
    for (const manifest of parseManifests(await readInput(name), name)) manifests.push(manifest);
  }
  if (manifests.length === 0) {
    throw new InputError({
      what: "there is not one object to check",
      where: names.map(inputName).join(", "),
      fix: names.includes("-")
        ? "run the command before the pipe alone: it failed or wrote nothing (`set -o pipefail` lets the shell say so)"
        : "name files that hold manifests",
    });
  }
  return manifests;
}

/** The plan that `--plan` names; undefined without the option. */
export async function readPlanOption(file: string | undefined): Promise<Plan | undefined> {
  return file === undefined ? undefined : readPlanFile(await readInput(file), file);
}

function inputName(name: string): string {
  return name === "-" ? "standard input" : name;
}

async function readInput(name: string): Promise<string> {
  return decodeText(await readBytes(name), inputName(name));
}

async function readBytes(name: string): Promise<Uint8Array> {
  if (name !== "-") return readInputFile(name);
  if (process.stdin.isTTY) {
    throw new InputError({
      what: "no manifests were given",
      fix: "name files, or pipe manifests in: helm template … | platform check -",
    });
  }
  return buffer(process.stdin);
}

async function readInputFile(name: string): Promise<Uint8Array> {
  try {
    return await readFile(name);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT") throw new InputError({ what: "there is no such file", where: name, cause });
    if (code === "EISDIR") {
      throw new InputError({
        what: "this is a folder",
        where: name,
        fix: `name its files: ${name}/*.yaml`,
        cause,
      });
    }
    throw new InputError({ what: `cannot be read (${code ?? cause})`, where: name, cause });
  }
}
