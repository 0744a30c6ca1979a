import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { InputError } from "../errors.ts";
import { parseGoYaml } from "../manifest/go-yaml.ts";
import { at, objectsIn, stringAt } from "../manifest/values.ts";
import { toYamlInputError } from "../manifest/yaml-error.ts";
import { type ChartFile, hashChartFiles, readChartFiles } from "./chart-files.ts";
import type { Helm } from "./find-helm.ts";
import { helmEnvironment } from "./helm-environment.ts";
import { describeHelmFailure } from "./helm-errors.ts";
import { runProcess } from "./run-process.ts";

export interface AssembleOptions {
  readonly helm: Helm;
  /** The chart's folder; its `file://` dependencies lie beside it. */
  readonly chart: string;
  readonly cacheDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How many assembled charts stay in the cache: a few branches' worth, at a few hundred kilobytes each. */
const KEPT = 20;
/** A folder of an assembly that was interrupted is nobody's after this time. */
const ABANDONED_MS = 3_600_000;
const FILE_REPOSITORY = "file://";

/**
 * A copy of a chart with its `file://` dependencies packed, as `helm dependency build` makes it from a fresh clone
 * and Argo CD renders it. The copy's folder is named after the content of all files that take part (the very
 * bytes that were hashed are written), so a changed template is always seen, and runs side by side never see
 * half a chart.
 *
 * @returns the folder of the assembled chart
 * @throws InputError when a dependency, the lock file or a chart is missing or broken.
 */
export async function assembleChart({ helm, chart, cacheDirectory, env }: AssembleOptions): Promise<string> {
  const root = dirname(resolve(chart));
  const name = basename(resolve(chart));
  const own = await readChartFiles(root, name);
  const dependencies = dependenciesOf(own, root, name);
  const files = [own, ...(await Promise.all(dependencies.map((one) => readChartFiles(root, one))))].flat();
  const charts = join(cacheDirectory, "charts");
  const target = join(charts, hashChartFiles(files, helm.version));
  if (await isFolder(target)) {
    const now = new Date();
    await utimes(target, now, now);
    return join(target, name);
  }
  await mkdir(charts, { recursive: true });
  const temporary = join(charts, `.assembling-${randomBytes(6).toString("hex")}`);
  try {
    await writeFiles(temporary, files);
    if (dependencies.length > 0)
      await buildDependencies(helm, join(temporary, name), helmEnvironment(env, cacheDirectory));
    await rename(temporary, target).catch(async (error: unknown) => {
      if (!(await isFolder(target))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await prune(charts, basename(target));
  return join(target, name);
}

/** The folders of the `file://` dependencies below the same root. */
function dependenciesOf(files: readonly ChartFile[], root: string, name: string): string[] {
  const definition = files.find(({ path }) => path === `${name}/Chart.yaml`);
  const where = join(root, name, "Chart.yaml");
  if (definition === undefined) {
    throw new InputError({ what: "There is no Chart.yaml.", where, fix: "Name the folder of a chart." });
  }
  const declared = objectsIn(at(readYaml(definition.content.toString("utf8"), where), "dependencies"));
  const folders = declared
    .map((dependency) => stringAt(dependency, "repository") ?? "")
    .filter((repository) => repository.startsWith(FILE_REPOSITORY))
    .map((repository) => relative(root, resolve(root, name, repository.slice(FILE_REPOSITORY.length))));
  const outside = folders.find((folder) => folder === "" || folder.includes("/") || folder.startsWith(".."));
  if (outside !== undefined) {
    throw new InputError({
      what: `The dependency ${join(root, outside)} does not lie beside the chart.`,
      where,
      fix: "Keep charts that depend on each other in one folder, and write file://../<chart>.",
    });
  }
  if (folders.length > 0 && !files.some(({ path }) => path === `${name}/Chart.lock`)) {
    throw new InputError({
      what: "The chart has dependencies and no Chart.lock, so Argo CD could not build them.",
      where: join(root, name, "Chart.lock"),
      fix: `Run \`helm dependency update ${join(root, name)}\` and commit Chart.lock.`,
    });
  }
  return [...new Set(folders)];
}

function readYaml(text: string, file: string): unknown {
  try {
    return parseGoYaml(text)[0]?.value;
  } catch (error) {
    throw toYamlInputError(error, { file });
  }
}

async function writeFiles(directory: string, files: readonly ChartFile[]): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(join(directory, path))));
  await Promise.all([...folders].map((folder) => mkdir(folder, { recursive: true })));
  await Promise.all(files.map(({ path, content }) => writeFile(join(directory, path), content)));
}

async function buildDependencies(helm: Helm, chart: string, env: Record<string, string>): Promise<void> {
  const { exitCode, stdout, stderr } = await runProcess(helm.path, ["dependency", "build", chart], { env });
  if (exitCode !== 0) throw new InputError(describeHelmFailure(stderr || stdout, { chart: basename(chart) }));
}

/** Removes the assemblies that nobody has used for longest, and what interrupted runs left behind. */
async function prune(charts: string, current: string): Promise<void> {
  const names = (await readdir(charts)).filter((name) => name !== current);
  const entries = await Promise.all(
    names.map(async (name) => ({
      name,
      used: (await stat(join(charts, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  const [unfinished, finished] = [true, false].map((wanted) =>
    entries.filter(({ name }) => name.startsWith(".") === wanted),
  ) as [typeof entries, typeof entries];
  const abandoned = unfinished.filter(({ used }) => used < Date.now() - ABANDONED_MS);
  const superfluous = finished.sort((left, right) => right.used - left.used).slice(KEPT - 1);
  await Promise.all(
    [...abandoned, ...superfluous].map(({ name }) =>
      rm(join(charts, name), { recursive: true, force: true }),
    ),
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
