import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { NodeFiles } from "@t495/proof";

/** The machines' generated files, below the repository's folder. */
export const NODE_PROFILES = "node/profiles";

/** The files of a profile's machine; undefined for a profile for which none were generated. */
export function readNodeFiles(root: string, profile: string): NodeFiles | undefined {
  const folder = join(root, NODE_PROFILES, basename(profile).replace(/\.ya?ml$/, ""));
  if (!existsSync(folder)) return undefined;
  return new Map(filesBelow(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

/** Paths of the files below a folder, relative to it. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
