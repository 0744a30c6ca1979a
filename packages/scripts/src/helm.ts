import { join } from "node:path";
import { type Helm, obtainHelm } from "@t495/proof/rendering";
import { writeNote } from "./output.ts";

/** Where tools and packed charts of a repository are kept. */
export function cacheDirectory(root: string): string {
  return join(root, "node_modules/.cache/t495");
}

/** The Helm that renders, installed when none is there; what takes long is said on standard error. */
export function helmFor(root: string): Promise<Helm> {
  return obtainHelm({ env: process.env, cacheDirectory: cacheDirectory(root), report: writeNote });
}
