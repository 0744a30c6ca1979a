import { randomBytes } from "node:crypto";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "@t495/proof/errors";

/** Writes to standard output; a reader that went away (`| head`) is not an error. */
export function writeOut(text: string): void {
  process.stdout.write(text);
}

/** Progress and notes, apart from what a program may read. */
export function writeNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Lets the other end of a pipe close early: what it no longer reads is dropped. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

/** Writes a file whole or not at all: beside its place first, then renamed. A device or a pipe is written to and stays. */
export function writeFileAtomically(path: string, text: string): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    if (isStream(path)) {
      writeFileSync(path, text);
      return;
    }
    writeFileSync(draft, text, { flag: "wx" });
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw unwritable(path, cause);
  }
}

/** Whether it is a device or a pipe, which is written to and not replaced. */
export function isStream(path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** Why a file that an option names was not written. */
export function unwritable(path: string, cause: unknown): InputError {
  return new InputError({
    what: `cannot write: ${cause instanceof Error ? cause.message : cause}`,
    where: path,
    fix: "name a file in a folder that exists and is writable",
    cause,
  });
}

/** To the file that `--output` names, else to standard output. */
export function deliver(text: string, file: string | undefined): void {
  if (file === undefined) writeOut(text);
  else writeFileAtomically(file, text);
}
