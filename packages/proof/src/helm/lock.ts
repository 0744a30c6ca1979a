import { randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { errorCode } from "./system-error.ts";

const POLL_MS = 250;

/**
 * Lets one process at a time do what takes long; others wait. It only saves double work: the action must be safe
 * when two do it at once, since a lock whose owner died is broken by whoever finds it.
 */
export async function withLock<Result>(file: string, action: () => Promise<Result>): Promise<Result> {
  while (!(await acquire(file))) {
    const owner = await ownerOf(file);
    if (owner !== undefined && !isAlive(owner)) await rm(file, { force: true });
    else await setTimeout(POLL_MS);
  }
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

/** A link appears whole: nobody ever sees a lock without its owner. */
async function acquire(file: string): Promise<boolean> {
  const signed = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(signed, String(process.pid));
  try {
    await link(signed, file);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(signed, { force: true });
  }
}

/** Undefined when the lock has just gone. */
async function ownerOf(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text === "" ? undefined : Number(text);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
