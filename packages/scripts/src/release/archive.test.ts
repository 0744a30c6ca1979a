import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { tarEntries } from "@t495/proof/packaging";
import { reproducibleArchive } from "./archive.ts";

const FILES = {
  "chart/Chart.yaml": "name: chart\n",
  "chart/templates/a.yaml": "a: 1\n",
  "chart/templates/b.yaml": "é\n",
  "chart/charts/library/Chart.yaml": "name: library\n",
};
const MOMENT = 1_767_225_600;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "archive-"));
  write(FILES);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** What the system's tar makes of the files. */
function tar(...words: readonly string[]): Buffer {
  return execFileSync("tar", ["--create", "--gzip", "--format=ustar", ...words], { cwd: folder });
}

function listed(archive: Buffer): string {
  const words = ["--list", "--gzip", "--verbose", "--numeric-owner", "--utc"];
  return execFileSync("tar", words, { input: archive, encoding: "utf8" });
}

describe("reproducibleArchive", () => {
  test("does not depend on order, times, owners, modes or folders", () => {
    const one = reproducibleArchive(tar("--mtime=2001-01-01", "--owner=7", "--group=8", "chart"), MOMENT);
    const names = Object.keys(FILES).reverse();
    const two = reproducibleArchive(tar("--mode=0600", ...names), MOMENT);
    expect(two.equals(one)).toBe(true);
  });

  test("is a tar archive like any other, from the nearest file to the farthest, at one moment", () => {
    expect(listed(reproducibleArchive(tar("chart"), MOMENT)).split("\n")).toEqual([
      expect.stringMatching(/^-rw-r--r-- 0\/0 +12 2026-01-01 00:00 chart\/Chart.yaml$/),
      expect.stringMatching(/^-rw-r--r-- 0\/0 +5 2026-01-01 00:00 chart\/templates\/a.yaml$/),
      expect.stringMatching(/^-rw-r--r-- 0\/0 +3 2026-01-01 00:00 chart\/templates\/b.yaml$/),
      expect.stringMatching(/^-rw-r--r-- 0\/0 +14 2026-01-01 00:00 chart\/charts\/library\/Chart.yaml$/),
      "",
    ]);
  });

  test("keeps what the files hold", () => {
    const entries = [...tarEntries(reproducibleArchive(tar("chart"), MOMENT))];
    expect(Object.fromEntries(entries.map(({ name, content }) => [name, content.toString("utf8")]))).toEqual(
      FILES,
    );
  });

  test("is these very bytes, on any processor and under any Node", () => {
    const archive = reproducibleArchive(tar("chart"), MOMENT);
    expect(archive.subarray(0, 10).toString("hex")).toBe("1f8b0800000000000203");
    expect(createHash("sha256").update(gunzipSync(archive)).digest("hex")).toBe(
      "b6a1b787a6a5daa0f504e752073b82ad0b0d7bdbf5cab204cfaf89db216831cc",
    );
    expect(createHash("sha256").update(archive).digest("hex")).toBe(
      "d3a44505f12401ffb40bb81d76b67ad4f97aeb5ed14bafb43059a9fc28033d4d",
    );
  });

  test("another moment is another archive", () => {
    expect(reproducibleArchive(tar("chart"), 0).equals(reproducibleArchive(tar("chart"), MOMENT))).toBe(
      false,
    );
  });

  test("splits a long name as tar does", () => {
    const name = `chart/${"long-folder/".repeat(12)}${"f".repeat(90)}.yaml`;
    write({ [name]: "deep\n" });
    const archive = reproducibleArchive(tar("chart"), MOMENT);
    expect(listed(archive)).toContain(name);
    expect([...tarEntries(archive)].map((entry) => entry.name)).toContain(name);
  });

  test("refuses what a chart cannot hold", () => {
    symlinkSync("/etc/passwd", join(folder, "chart/link"));
    expect(() => reproducibleArchive(tar("chart"), MOMENT)).toThrow(
      'chart/link is no plain file (tar type "2")',
    );
  });
});
