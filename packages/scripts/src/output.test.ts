import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { writeFileAtomically } from "./output.ts";

test("what is no file, such as /dev/null or a pipe, is written to and stays what it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "output-"));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    writeFileAtomically(pipe, "text");
    const bytes = Buffer.alloc(16);
    expect(bytes.toString("utf8", 0, readSync(reader, bytes))).toBe("text");
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(["pipe"]);
  } finally {
    closeSync(reader);
    rmSync(folder, { recursive: true });
  }
});
