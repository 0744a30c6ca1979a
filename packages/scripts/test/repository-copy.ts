import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** What a copy does not need: results, caches and the history. */
const LEFT_OUT = new Set([".git", ".turbo", "coverage", "dist"]);

/** A repository that a test may edit; it shares the installed packages and has caches of its own. */
export class RepositoryCopy {
  readonly root = mkdtempSync(join(tmpdir(), "platform-"));
  readonly launcher = join(this.root, "packages/scripts/bin/platform.mjs");

  constructor() {
    cpSync(ROOT, this.root, {
      recursive: true,
      // The workspace's links are relative and stay in the copy.
      verbatimSymlinks: true,
      filter: (path) => relative(ROOT, path) !== "node_modules" && !LEFT_OUT.has(basename(path)),
    });
    mkdirSync(join(this.root, "node_modules"));
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      if (name !== ".cache")
        symlinkSync(join(ROOT, "node_modules", name), join(this.root, "node_modules", name));
    }
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  /** Replaces text that must be there, so that a test notices when it edits nothing. */
  edit(path: string, from: string | RegExp, to: string): void {
    const before = this.read(path);
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${path} does not hold ${from}`);
    this.write(path, after);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
