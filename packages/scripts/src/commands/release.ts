import { join } from "node:path";
import { EXIT } from "@t495/proof";
import { InputError, type InputErrorDetails } from "@t495/proof/errors";
import { nearest } from "@t495/proof/nearest";
import { type CommandAction, type CommandInput, OptionValues } from "../command.ts";
import { cacheDirectory, helmFor } from "../helm.ts";
import { describeInputError } from "../input-error.ts";
import { writeNote, writeOut } from "../output.ts";
import { changesetProblems, namingProblems, readChangesets } from "../release/changesets.ts";
import { versionProblems } from "../release/check-versions.ts";
import {
  branchPoint,
  changedFiles,
  fileAt,
  git,
  lastTag,
  requireCleanTree,
  sourceDate,
  trackedFiles,
} from "../release/git.ts";
import { PACKED, packRelease, readPackedRelease } from "../release/pack-release.ts";
import { comparePushed, pushChart, type Registry } from "../release/push-release.ts";
import { consumeChangesets, syncCharts } from "../release/set-versions.ts";
import { readWorkspace, releaseVersion, UMBRELLA } from "../release/workspace.ts";
import { run as writeDocs } from "./docs.ts";

/** `platform release`: the stages of a release. What leaves this machine or names a commit needs `--yes`. */
export const run: CommandAction = async (input) => {
  const name = input.arguments[0] ?? "check";
  const stage = Object.hasOwn(stages, name) ? stages[name] : undefined;
  if (stage !== undefined) return stage(input);
  const meant = nearest(name, Object.keys(stages));
  throw new InputError({
    what: `a release has no stage ${name}`,
    fix: meant === undefined ? `its stages are ${Object.keys(stages).join(", ")}` : `did you mean ${meant}?`,
  });
};

const stages: Readonly<Record<string, CommandAction>> = { check, version, package: pack, push, tag };

/** Versions that have to be one are one, and what changed is named in a changeset. */
async function check({ root, options }: CommandInput): Promise<number> {
  const workspace = readWorkspace(root);
  const changesets = readChangesets(root);
  const current = releaseVersion(workspace);
  const since = options.value("since") ?? lastTag(root);
  const base = since === undefined ? undefined : branchPoint(root, since);
  const problems: InputErrorDetails[] = [
    ...versionProblems(workspace),
    ...namingProblems(workspace, changesets),
  ];
  // A change that sets the versions has turned its changesets into changelogs.
  if (changesets.size > 0 || current === versionAt(root, base)) {
    problems.push(...changesetProblems(workspace, changesets, changedFiles(root, base)));
  }
  for (const problem of problems) writeNote(describeInputError(new InputError(problem)));
  const changes = `${changesets.size} changeset${changesets.size === 1 ? "" : "s"}`;
  writeOut(`version ${current}, ${changes} since ${since ?? "the beginning"}, ${problems.length} problems\n`);
  return problems.length === 0 ? EXIT.proven : EXIT.findings;
}

function versionAt(root: string, revision: string | undefined): string | undefined {
  const folder = readWorkspace(root).find(({ name }) => name === UMBRELLA)?.folder;
  const text = revision === undefined ? undefined : fileAt(root, revision, `${folder}/package.json`);
  return text === undefined ? undefined : JSON.parse(text).version;
}

/** Changesets become versions and changelogs; the charts' own files follow. */
async function version(input: CommandInput): Promise<number> {
  const { root } = input;
  requireCleanTree(root);
  const changesets = readChangesets(root);
  if (changesets.size === 0) {
    throw new InputError({
      what: "no changeset waits",
      where: ".changeset",
      fix: "run `corepack pnpm changeset` first",
    });
  }
  const before = readWorkspace(root);
  const [misnamed] = namingProblems(before, changesets);
  if (misnamed !== undefined) throw new InputError(misnamed);
  // What is generated needs it, and a tree that is written by half cannot be versioned again.
  await helmFor(root);
  consumeChangesets(root);
  for (const file of syncCharts(root, new Date().toISOString())) writeNote(`written: ${file}`);
  const docs = await writeDocs({ ...input, arguments: [], options: new OptionValues(new Map()) });
  const workspace = readWorkspace(root);
  const problems = [...versionProblems(workspace)];
  for (const problem of problems) writeNote(describeInputError(new InputError(problem)));
  const now = releaseVersion(workspace);
  const isNext = now !== releaseVersion(before);
  const next = isNext
    ? "; read the changelogs, then commit"
    : ", as before: the changesets name nothing; commit what is written";
  writeOut(`version ${now}${next}\n`);
  return problems.length > 0 ? EXIT.findings : docs;
}

/** Every chart, and what npm gets, as archives whose bytes follow from the commit. */
async function pack({ root }: CommandInput): Promise<number> {
  requireCleanTree(root);
  const output = join(root, PACKED);
  const { files } = await packRelease({
    root,
    helm: await helmFor(root),
    cacheDirectory: cacheDirectory(root),
    workspace: readWorkspace(root),
    output,
    tracked: trackedFiles(root, "charts"),
    commit: git(root, "rev-parse", "HEAD"),
    sourceDate: sourceDate(root),
  });
  for (const { file, sha256 } of files) writeOut(`${sha256}  ${file}\n`);
  writeNote(`packed into ${PACKED}`);
  return EXIT.proven;
}

/** The packed charts to a registry. What is there already stays; other bytes under a version are refused. */
async function push({ root, options }: CommandInput): Promise<number> {
  requireReleasable(root);
  const registry = registryOf(options);
  const helm = await helmFor(root);
  const output = join(root, PACKED);
  const release = readPackedRelease(output);
  if (release.commit !== git(root, "rev-parse", "HEAD")) {
    const fix = "run `corepack pnpm release package`";
    throw new InputError({ what: "what is packed is another commit's", where: output, fix });
  }
  const charts = await comparePushed(release, output, registry, helm);
  const different = charts.filter(({ state }) => state === "different");
  for (const { chart } of different) {
    const what = "the registry holds this version with other bytes, and a version is never overwritten";
    const where = `${registry.address}/${chart}:${release.version}`;
    writeNote(
      describeInputError(new InputError({ what, where, fix: "release the change as a new version" })),
    );
  }
  if (different.length > 0) return EXIT.findings;
  const isAsked = options.has("yes");
  for (const chart of charts) {
    const name = `${chart.chart} ${release.version}`;
    if (chart.state === "same") writeOut(`there already: ${name}\n`);
    else if (isAsked) {
      await pushChart(chart, release.version, output, registry, helm);
      writeOut(`pushed: ${name}\n`);
    } else writeOut(`would push: ${name}\n`);
  }
  if (!isAsked) writeNote("nothing was pushed; add --yes");
  return EXIT.proven;
}

/** The version as an annotated tag of the commit. Pushing it is git's. */
async function tag({ root, options }: CommandInput): Promise<number> {
  requireReleasable(root);
  const name = `v${releaseVersion(readWorkspace(root))}`;
  const head = git(root, "rev-parse", "HEAD");
  const tagged = git(root, "tag", "--list", name) === "" ? undefined : git(root, "rev-list", "-n1", name);
  if (tagged === head) writeOut(`there already: ${name}\n`);
  else if (tagged !== undefined) {
    const fix = "release the change as a new version";
    throw new InputError({ what: `${name} is the tag of another commit`, where: tagged, fix });
  } else if (options.has("yes")) {
    git(root, "tag", "--annotate", name, "--message", `Release ${name}`);
    writeOut(`tagged: ${name}\n`);
    writeNote(`\`git push origin ${name}\` publishes it`);
  } else writeOut(`would tag: ${name}\n`);
  return EXIT.proven;
}

function requireReleasable(root: string): void {
  requireCleanTree(root);
  const [waiting] = readChangesets(root).keys();
  if (waiting === undefined) return;
  const fix = "run `corepack pnpm release version` and commit what it writes";
  throw new InputError({
    what: "a changeset waits, so this version is not the next one",
    where: waiting,
    fix,
  });
}

function registryOf(options: OptionValues): Registry {
  const address = options.value("registry")?.replace(/\/+$/, "");
  if (address === undefined || !/^oci:\/\/[^/]+/.test(address)) {
    throw new InputError({
      what: "push needs a registry",
      ...(address === undefined ? {} : { where: address }),
      fix: "write --registry oci://HOST/PATH",
    });
  }
  return { address, isPlain: options.has("plain-http"), isFirst: options.has("first") };
}
