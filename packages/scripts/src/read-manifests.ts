import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { InputError, type Manifest, type Plan, parseManifests, readPlanFile } from "@t495/proof";

/** The manifests of files, or of standard input for `-` and for no file at all. */
export async function readManifests(files: readonly string[]): Promise<readonly Manifest[]> {
  const names = files.length === 0 ? ["-"] : files;
  const manifests: Manifest[] = [];
  for (const name of names) {
    for (const manifest of parseManifests(await readInput(name), name)) manifests.push(manifest);
  }
  return manifests;
}

/** The plan that `--plan` names; undefined without the option. */
export async function readPlanOption(file: string | undefined): Promise<Plan | undefined> {
  return file === undefined ? undefined : readPlanFile(await readInput(file), file);
}

async function readInput(name: string): Promise<string> {
  if (name !== "-") return readInputFile(name);
  if (process.stdin.isTTY) {
    throw new InputError({
      what: "no manifests were given",
      fix: "name files, or pipe manifests in: helm template … | platform check -",
    });
  }
  return text(process.stdin);
}

async function readInputFile(name: string): Promise<string> {
  try {
    return await readFile(name, "utf8");
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
