import { execFileSync } from "node:child_process";
import { InputError } from "@t495/proof/errors";

const LARGEST_ANSWER = 64 * 1024 * 1024;
/** The tree that holds nothing, which every repository knows. */
const NOTHING = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const TAGS = "v[0-9]*";

/**
 * What git answers, without the last line's end.
 *
 * @throws InputError with git's own words when it refuses.
 */
export function git(root: string, ...words: readonly string[]): string {
  try {
    const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
    // Names outside ASCII come as they are, not escaped and in quotes.
    return execFileSync("git", ["-c", "core.quotePath=false", ...words], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: LARGEST_ANSWER,
      stdio,
    }).trimEnd();
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? "").trim();
    throw new InputError({
      what: `git refuses: ${said === "" ? "it could not be run" : said.split("\n")[0]}`,
      where: `git ${words.join(" ")}`,
      fix: "run it in a clone of the repository, with git installed",
      cause,
    });
  }
}

/** @throws InputError when something is not committed: what is released has to be what is tagged. */
export function requireCleanTree(root: string): void {
  const first = git(root, "status", "--porcelain", "--untracked-files=normal").split("\n")[0] ?? "";
  if (first === "") return;
  throw new InputError({
    what: "the working tree holds changes that no commit holds",
    where: first.slice(3),
    fix: "commit or remove them",
  });
}

/** The newest release before a commit; undefined before the first one. */
export function lastTag(root: string): string | undefined {
  const tags = git(root, "tag", "--list", TAGS, "--merged", "HEAD", "--sort=-creatordate");
  return tags === "" ? undefined : tags.split("\n")[0];
}

/** The commit at which the branch left a revision: what the revision has got since then is not the branch's. */
export function branchPoint(root: string, revision: string): string {
  return git(root, "merge-base", revision, "HEAD");
}

/** Files below the root that differ from a commit, also those not yet committed. Without a commit: every file. */
export function changedFiles(root: string, base: string | undefined): readonly string[] {
  const untracked = git(root, "ls-files", "--others", "--exclude-standard");
  return lines(`${git(root, "diff", "--name-only", base ?? NOTHING)}\n${untracked}`);
}

/** The files below a folder that git knows, below the root. */
export function trackedFiles(root: string, folder: string): ReadonlySet<string> {
  return new Set(lines(git(root, "ls-files", "--", folder)));
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** A file as it was at a revision; undefined when it was not there. */
export function fileAt(root: string, revision: string, path: string): string | undefined {
  const held = git(root, "ls-tree", "--name-only", revision, "--", path);
  return held === "" ? undefined : git(root, "show", `${revision}:${path}`);
}

/** The time of the newest commit, in seconds since 1970; `SOURCE_DATE_EPOCH` comes before it. */
export function sourceDate(root: string): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given === undefined || given === "") return Number(git(root, "log", "-1", "--format=%ct"));
  if (/^\d{1,11}$/.test(given)) return Number(given);
  throw new InputError({
    what: `SOURCE_DATE_EPOCH=${given} is no number of seconds`,
    fix: "unset it, or write the seconds since 1970",
  });
}
