import { closeSync, openSync, rmSync, statSync, writeFileSync } from "node:fs";
import { InputError } from "@t495/proof/errors";
import { isStream, unwritable } from "../output.ts";

/** What its owner fills with Secrets is nobody else's, and so is what holds them encrypted. */
const OWNER_ONLY = 0o600;

/** What is there may be all that is left of the values that data was encrypted with. */
export function requireNoFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) throw taken(path);
}

/**
 * Writes a file that only its owner may read, and never over another one, not even one that came a moment ago. Not a
 * draft that is then linked to its place: the usual file system of a USB stick has no links. A device or a pipe is
 * written to and stays.
 *
 * @throws InputError when there is such a file, or when it cannot be written; then there is none
 */
export function writeNewFile(path: string, text: string): void {
  let file: number;
  try {
    file = openSync(path, isStream(path) ? "w" : "wx", OWNER_ONLY);
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === "EEXIST" ? taken(path) : unwritable(path, cause);
  }
  try {
    writeFileSync(file, text);
  } catch (cause) {
    if (!isStream(path)) rmSync(path, { force: true });
    throw unwritable(path, cause);
  } finally {
    closeSync(file);
  }
}

function taken(path: string): InputError {
  return new InputError({
    what: "there is such a file already, and what holds Secrets is never overwritten",
    where: path,
    fix: "name another file, and remove the old one when nobody needs it any more",
  });
}
