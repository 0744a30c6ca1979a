import { lstatSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { writeFileAtomically } from "./output.ts";

test("what is no file, such as /dev/null, is written to and not replaced", () => {
  const folder = mkdtempSync(join(tmpdir(), "output-"));
  const device = join(folder, "null");
  symlinkSync("/dev/null", device);
  try {
    writeFileAtomically(device, "text");
    expect(lstatSync(device).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder)).toEqual(["null"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
