import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ChartMetadata, readChartMetadata } from "./chart-metadata.ts";

/** A package of the workspace. */
export interface WorkspacePackage {
  readonly name: string;
  readonly version: string;
  /** Below the repository's root: `charts/monitoring`. */
  readonly folder: string;
  /** Whether npm may have it. */
  readonly isPublished: boolean;
  /** What makes it a chart; undefined for a library or a program. */
  readonly chart: Chart | undefined;
}

interface Chart {
  readonly metadata: ChartMetadata;
  /** Chart.yaml, as written. */
  readonly text: string;
  /** Chart.lock, as written; undefined when there is none. */
  readonly lock: string | undefined;
}

/** The chart that holds all others: its version is the release's. */
export const UMBRELLA = "@t495/chart-platform-umbrella";
/** The command line, whose version a proof names; released with the rest though npm does not get it. */
const COMMAND_LINE = "@t495/scripts";

/** The packages of a checkout, sorted by folder. */
export function readWorkspace(root: string): readonly WorkspacePackage[] {
  return ["charts", "packages"].flatMap((parent) =>
    readdirSync(join(root, parent))
      .sort()
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(join(root, folder, "package.json")))
      .map((folder) => readPackage(root, folder)),
  );
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const text = readOptional(join(root, folder, "Chart.yaml"));
  return {
    name: manifest.name,
    version: manifest.version,
    folder,
    isPublished: manifest.private !== true,
    chart:
      text === undefined
        ? undefined
        : { metadata: readChartMetadata(text), text, lock: readOptional(join(root, folder, "Chart.lock")) },
  };
}

/** What a release consists of: every chart, what npm gets, and the command line. Tests have no version of theirs. */
export function releasedPackages(workspace: readonly WorkspacePackage[]): readonly WorkspacePackage[] {
  return workspace.filter(
    ({ name, chart, isPublished }) => chart !== undefined || isPublished || name === COMMAND_LINE,
  );
}

/** The version of all that is released together. */
export function releaseVersion(workspace: readonly WorkspacePackage[]): string {
  const umbrella = workspace.find(({ name }) => name === UMBRELLA);
  if (umbrella === undefined) throw new Error(`the workspace holds no ${UMBRELLA}`);
  return umbrella.version;
}

/** The versions that Chart.yaml files are to carry, by the chart's name. */
export function chartVersions(workspace: readonly WorkspacePackage[]): ReadonlyMap<string, string> {
  return new Map(
    workspace.flatMap(({ chart, version }) => (chart === undefined ? [] : [[chart.metadata.name, version]])),
  );
}

function readOptional(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
