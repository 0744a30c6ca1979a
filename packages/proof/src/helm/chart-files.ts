import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";

/** One file of a chart as read at one moment. */
export interface ChartFile {
  /** Below the charts' folder, with forward slashes: `foundation/templates/plan.yaml`. */
  readonly path: string;
  readonly content: Buffer;
}

/** What stands in a chart's folder and is no part of it: the workspace's, and what an earlier build left. */
const NO_CHART_FILES = new Set(["node_modules", "charts", ".turbo", ".git", "CHANGELOG.md"]);

/** Every file of one chart, sorted by path. `name` is the chart's folder below `root`. */
export async function readChartFiles(root: string, name: string): Promise<ChartFile[]> {
  const paths = await listFiles(join(root, name), name);
  const files = await Promise.all(
    paths.map(async (path) => ({ path, content: await readFile(join(root, path)) })),
  );
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Names the content: the same files, the same Helm, the same key. */
export function hashChartFiles(files: readonly ChartFile[], helmVersion: string): string {
  const hash = createHash("sha256").update(`helm ${helmVersion}\n`);
  for (const { path, content } of files) hash.update(`${path}\n${content.length}\n`).update(content);
  return hash.digest("hex").slice(0, 32);
}

async function listFiles(directory: string, name: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw new InputError({
      what: "The chart's folder cannot be read.",
      where: directory,
      fix: "Check the path: a chart is a folder with a Chart.yaml.",
      cause: error,
    });
  });
  const nested = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      if (NO_CHART_FILES.has(entry.name)) return [];
      const path = join(directory, entry.name);
      const isLink = entry.isSymbolicLink();
      const isDirectory = isLink ? (await stat(path)).isDirectory() : entry.isDirectory();
      if (!isDirectory) return [`${name}/${entry.name}`];
      if (isLink) {
        throw new InputError({
          what: "A chart holds a link to a folder, which Helm would follow and pack.",
          where: path,
          fix: "Remove the link, or move it out of the chart.",
        });
      }
      return listFiles(path, `${name}/${entry.name}`);
    }),
  );
  return nested.flat();
}
