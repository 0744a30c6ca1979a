import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError, type InputErrorDetails } from "@t495/proof/errors";
import { parse } from "yaml";
import { releasedPackages, type WorkspacePackage } from "./workspace.ts";

const FOLDER = ".changeset";
/** What changes nothing for whoever uses a package: tests, what is generated beside it, the changelog itself. */
const UNRELEASED = /(^|\/)(test|fixtures)\/|\.test\.ts$|^CHANGELOG\.md$|^README\.md$|^jest\./;
/** A chart's archive does not hold it; for npm it decides what is installed. */
const MANIFEST = "package.json";

const BUMPS = ["major", "minor", "patch", "none"];

/**
 * The packages that each waiting changeset names, by its file below the repository's root. Between prereleases those
 * that are part of one already stay in their folder, for the release itself; they do not wait.
 *
 * @throws InputError for a file that changesets could not read either.
 */
export function readChangesets(root: string): ReadonlyMap<string, readonly string[]> {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
  const released = partOfPrerelease(join(folder, "pre.json"));
  return new Map(
    files
      .filter((name) => !released.has(name))
      .sort()
      .map((name) => [`${FOLDER}/${name}`, namedPackages(join(folder, name), `${FOLDER}/${name}`)]),
  );
}

function partOfPrerelease(path: string): ReadonlySet<string> {
  if (!existsSync(path)) return new Set();
  const { mode, changesets } = JSON.parse(readFileSync(path, "utf8")) as Prerelease;
  return new Set(mode === "pre" ? changesets.map((name) => `${name}.md`) : []);
}

/** `.changeset/pre.json`, which `changeset pre enter` writes. */
interface Prerelease {
  /** `exit` when the next version is a release again, of all changesets. */
  readonly mode: "pre" | "exit";
  readonly changesets: readonly string[];
}

function namedPackages(path: string, where: string): readonly string[] {
  const matter = /^---\r?\n([\s\S]*?)(\r?\n)?---\r?\n/.exec(readFileSync(path, "utf8"))?.[1];
  const bumps = matter === undefined ? undefined : readYaml(matter);
  if (bumps === undefined || Object.values(bumps).some((bump) => !BUMPS.includes(String(bump)))) {
    const fix = `begin it with \`---\`, lines \`"package": ${BUMPS.join("|")}\` and \`---\`, or run \`corepack pnpm changeset\``;
    throw new InputError({ what: "this is no changeset", where, fix });
  }
  return Object.keys(bumps);
}

function readYaml(text: string): object | undefined {
  try {
    return Object(parse(text) ?? {}) as object;
  } catch {
    return undefined;
  }
}

/**
 * Charts and published packages that changed and that no changeset names.
 *
 * @param changed files below the repository's root
 */
export function* changesetProblems(
  workspace: readonly WorkspacePackage[],
  changesets: ReadonlyMap<string, readonly string[]>,
  changed: readonly string[],
): Generator<InputErrorDetails> {
  const named = new Set([...changesets.values()].flat());
  for (const { name, folder, chart, isPublished } of workspace) {
    if (named.has(name) || (chart === undefined && !isPublished)) continue;
    const isReleased = (path: string): boolean =>
      !UNRELEASED.test(path) && (path !== MANIFEST || chart === undefined);
    const inside = changed.filter((path) => path.startsWith(`${folder}/`));
    const file = inside.find((path) => isReleased(path.slice(folder.length + 1)));
    if (file === undefined) continue;
    const fix = "run `corepack pnpm changeset`, or name it in a changeset that is there";
    yield { what: `${name} has changed and no changeset names it`, where: file, fix };
  }
}

/** Names that keep a changeset waiting for ever: changesets takes only those of released packages. */
export function* namingProblems(
  workspace: readonly WorkspacePackage[],
  changesets: ReadonlyMap<string, readonly string[]>,
): Generator<InputErrorDetails> {
  const known = new Set(workspace.map(({ name }) => name));
  const released = new Set(releasedPackages(workspace).map(({ name }) => name));
  for (const [where, names] of changesets) {
    for (const name of names.filter((one) => !released.has(one))) {
      if (known.has(name)) {
        const fix = "name what is released, or delete the changeset: tests need none";
        yield { what: `it names ${name}, which is not released`, where, fix };
      } else yield { what: `it names ${name}, which is no package`, where, fix: "correct the name" };
    }
  }
}
