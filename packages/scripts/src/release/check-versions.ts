import type { InputErrorDetails } from "@t495/proof/errors";
import { chartLock, withVersions } from "./chart-metadata.ts";
import { chartVersions, releasedPackages, releaseVersion, type WorkspacePackage } from "./workspace.ts";

const FIX =
  "run `corepack pnpm release version`, which keeps them equal, or write the version of package.json";

/**
 * Where versions differ that have to be one: all packages of a release, Chart.yaml and package.json, the versions
 * that a chart depends on and those that lie beside it, Chart.lock and Chart.yaml.
 */
export function* versionProblems(workspace: readonly WorkspacePackage[]): Generator<InputErrorDetails> {
  const version = releaseVersion(workspace);
  const versions = chartVersions(workspace);
  for (const one of releasedPackages(workspace)) {
    if (one.version !== version) {
      yield {
        what: `${one.name} is ${one.version} and the umbrella is ${version}, though they are released together`,
        where: `${one.folder}/package.json`,
        fix: FIX,
      };
    }
    if (one.chart !== undefined) yield* chartProblems(one, one.chart, versions);
  }
}

function* chartProblems(
  { name, version, folder }: WorkspacePackage,
  { metadata, text, lock }: NonNullable<WorkspacePackage["chart"]>,
  versions: ReadonlyMap<string, string>,
): Generator<InputErrorDetails> {
  const where = `${folder}/Chart.yaml`;
  if (name !== `@t495/chart-${metadata.name}`) {
    const fix = `call it @t495/chart-${metadata.name}`;
    yield { what: `the chart ${metadata.name} is the package ${name}`, where: `${folder}/package.json`, fix };
  }
  if (metadata.version !== version) {
    yield { what: `the chart is ${metadata.version} and its package ${version}`, where, fix: FIX };
  }
  for (const dependency of metadata.dependencies) {
    const beside = versions.get(dependency.name);
    if (beside !== undefined && beside !== dependency.version) {
      const what = `it depends on ${dependency.name} ${dependency.version}, and ${beside} lies beside it`;
      yield { what, where, fix: FIX };
    }
  }
  if (lock !== chartLock(withVersions(text, versions), lock, "")) {
    yield { what: "the lock is not the one of Chart.yaml", where: `${folder}/Chart.lock`, fix: FIX };
  }
}
