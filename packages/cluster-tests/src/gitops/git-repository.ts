import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { runCommand } from "./run-command.ts";

/** What Argo CD reads of the repository. */
const FOLDERS = ["charts", "argocd"];

/** Made by builds and package managers; Git does not have it. */
const NOT_IN_GIT: ReadonlySet<string> = new Set(["node_modules", ".turbo", ".git"]);

/** Nobody's settings but these decide what Git does here. */
const ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "proof",
  GIT_AUTHOR_EMAIL: "proof@t495.invalid",
  GIT_COMMITTER_NAME: "proof",
  GIT_COMMITTER_EMAIL: "proof@t495.invalid",
};

export const BRANCH = "main";

/** A remote on disk with the charts of this working tree, and the clone that commits to it. */
export interface GitRepository {
  /** `file://…`, as Argo CD is given it. */
  readonly url: string;
  /** Changes files, each by its path, and pushes the commit; its id. */
  commit(message: string, changes: Readonly<Record<string, (text: string) => string>>): Promise<string>;
  /** Takes the newest commit back, by a commit of its own; its id. */
  revert(): Promise<string>;
}

/** Makes both in `folder`. The repository of this working tree is only read. */
export async function createGitRepository(repository: string, folder: string): Promise<GitRepository> {
  const clone = join(folder, "clone");
  const remote = join(folder, "platform.git");
  const git = (...args: readonly string[]): Promise<string> =>
    runCommand("git", args, { cwd: clone, env: ENVIRONMENT });
  await rm(folder, { recursive: true, force: true });
  await mkdir(clone, { recursive: true });
  for (const name of FOLDERS) {
    await cp(join(repository, name), join(clone, name), {
      recursive: true,
      filter: (source) => !NOT_IN_GIT.has(basename(source)),
    });
  }
  await git("init", "--quiet", `--initial-branch=${BRANCH}`);
  await git("add", "--all");
  await git("commit", "--quiet", "--message=The platform as it lies here");
  await git("clone", "--quiet", "--bare", clone, remote);
  await git("remote", "add", "origin", remote);

  const push = async (): Promise<string> => {
    await git("push", "--quiet", "origin", BRANCH);
    return (await git("rev-parse", "HEAD")).trim();
  };
  return {
    url: `file://${remote}`,
    async commit(message, changes) {
      for (const [path, change] of Object.entries(changes)) {
        const file = join(clone, path);
        const before = await readFile(file, "utf8");
        const after = change(before);
        if (after === before) throw new Error(`the commit "${message}" would change nothing in ${path}`);
        await writeFile(file, after);
      }
      await git("commit", "--quiet", "--all", `--message=${message}`);
      return push();
    },
    async revert() {
      await git("revert", "--no-edit", "HEAD");
      return push();
    },
  };
}
