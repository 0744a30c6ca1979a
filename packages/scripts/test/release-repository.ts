import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RepositoryCopy } from "./repository-copy.ts";
import { type CliOptions, type CliResult, runCli } from "./run-cli.ts";

/** The moment of every commit: what is packed from it has the same bytes in every run. */
const MOMENT = "2026-01-01T00:00:00Z";

/** A copy of the repository that git knows, with one commit. */
export class ReleaseRepository {
  readonly #copy = new RepositoryCopy();
  readonly root = this.#copy.root;

  constructor() {
    this.git("init", "--quiet", "--initial-branch=main");
    this.commit();
  }

  read(path: string): string {
    return this.#copy.read(path);
  }

  readJson(path: string): Record<string, unknown> {
    return JSON.parse(this.read(path));
  }

  write(path: string, text: string): void {
    this.#copy.write(path, text);
  }

  edit(path: string, from: string | RegExp, to: string): void {
    this.#copy.edit(path, from, to);
  }

  /** As after `release version`, with the versions left as they are. */
  dropChangesets(): void {
    const folder = join(this.root, ".changeset");
    for (const name of readdirSync(folder)) if (name.endsWith(".md")) rmSync(join(folder, name));
  }

  git(...words: readonly string[]): string {
    const env = {
      PATH: process.env.PATH,
      HOME: this.root,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Test",
      GIT_AUTHOR_EMAIL: "test@example.org",
      GIT_AUTHOR_DATE: MOMENT,
      GIT_COMMITTER_NAME: "Test",
      GIT_COMMITTER_EMAIL: "test@example.org",
      GIT_COMMITTER_DATE: MOMENT,
    };
    return execFileSync("git", words, { cwd: this.root, env, encoding: "utf8" }).trimEnd();
  }

  commit(): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", "A state of the repository");
    return this.git("rev-parse", "HEAD");
  }

  /** `platform release …` in this copy. */
  release(words: string, options: CliOptions = {}): Promise<CliResult> {
    const { env = {}, ...others } = options;
    return runCli(["release", ...words.split(" ").filter((word) => word !== "")], {
      launcher: this.#copy.launcher,
      cwd: this.root,
      ...others,
      env: { GIT_COMMITTER_NAME: "Test", GIT_COMMITTER_EMAIL: "test@example.org", ...env },
    });
  }

  platform(words: string): Promise<CliResult> {
    return runCli(words.split(" "), { launcher: this.#copy.launcher, cwd: this.root });
  }

  remove(): void {
    this.#copy.remove();
  }
}
