import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError, type InputErrorDetails } from "@t495/proof/errors";
import { parse } from "yaml";
import type { WorkspacePackage } from "./workspace.ts";

const FOLDER = ".changeset";
/** What changes nothing for whoever uses a package: tests, what is generated beside it, the changelog itself. */
const UNRELEASED = /(^|\/)(test|fixtures)\/|\.test\.ts$|^CHANGELOG\.md$|^README\.md$|^jest\./;
/** A chart's archive does not hold it; for npm it decides what is installed. */
const MANIFEST = "package.json";

/** The packages that each changeset names, by its file below the repository's root. */
export function readChangesets(root: string): ReadonlyMap<string, readonly string[]> {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
  return new Map(
    files.sort().map((name) => [`${FOLDER}/${name}`, namedPackages(join(folder, name), `${FOLDER}/${name}`)]),
  );
}

function namedPackages(path: string, where: string): readonly string[] {
  const matter = /^---\n([\s\S]*?)\n?---\n/.exec(readFileSync(path, "utf8"))?.[1];
  if (matter === undefined) {
    throw new InputError({
      what: "this is no changeset",
      where,
      fix: "begin it with `---`, or run `pnpm changeset`",
    });
  }
  return Object.keys((parse(matter) as object | null) ?? {});
}

/**
 * Charts and published packages that changed and that no changeset names, and changesets that name nothing of the
 * workspace.
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
    const fix = "run `pnpm changeset`, or name it in a changeset that is there";
    yield { what: `${name} has changed and no changeset names it`, where: file, fix };
  }
  const known = new Set(workspace.map(({ name }) => name));
  for (const [where, names] of changesets) {
    for (const name of names) {
      if (!known.has(name))
        yield { what: `it names ${name}, which is no package`, where, fix: "correct the name" };
    }
  }
}
