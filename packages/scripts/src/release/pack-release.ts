import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { InputError } from "@t495/proof/errors";
import { assembleChart, helmEnvironment, runProcess, tarEntries } from "@t495/proof/packaging";
import type { Helm } from "@t495/proof/rendering";
import { reproducibleArchive } from "./archive.ts";
import { pnpm } from "./pnpm.ts";
import { releaseVersion, UMBRELLA, type WorkspacePackage } from "./workspace.ts";

/** Where a release is packed, below the repository's root; git ignores it. */
export const PACKED = "dist/release";
const CHECKSUMS = "SHA256SUMS";
const RECORD = "release.json";

export interface PackOptions {
  readonly root: string;
  readonly helm: Helm;
  readonly cacheDirectory: string;
  readonly workspace: readonly WorkspacePackage[];
  /** Emptied first. */
  readonly output: string;
  /** The files of `charts/` that git knows, below the root: nothing else reaches a chart's archive. */
  readonly tracked: ReadonlySet<string>;
  /** The commit that is packed. */
  readonly commit: string;
  /** The time of every file, in seconds since 1970. */
  readonly sourceDate: number;
}

/** One packed file. */
export interface Packed {
  readonly file: string;
  readonly sha256: string;
  /** The chart's name; undefined for what npm gets. */
  readonly chart: string | undefined;
}

/** What a release was packed from, `release.json` beside the archives. */
export interface PackedRelease {
  readonly version: string;
  readonly commit: string;
  readonly sourceDate: number;
  readonly helm: string;
  readonly files: readonly Packed[];
}

/** Packs every chart with its dependencies, then what npm gets: the same bytes from the same commit, anywhere. */
export async function packRelease(options: PackOptions): Promise<PackedRelease> {
  const { workspace, output, commit, sourceDate, helm } = options;
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const files: Packed[] = [];
  for (const one of [...workspace].sort(umbrellaLast)) {
    if (one.chart === undefined && !one.isPublished) continue;
    files.push(await pack(one, options));
  }
  const release = { version: releaseVersion(workspace), commit, sourceDate, helm: helm.version, files };
  writeFileSync(join(output, CHECKSUMS), files.map(({ sha256, file }) => `${sha256}  ${file}\n`).join(""));
  writeFileSync(join(output, RECORD), `${JSON.stringify(release, undefined, 2)}\n`);
  return release;
}

/**
 * Reads what was packed.
 *
 * @throws InputError when nothing was packed, or an archive is no longer what was packed.
 */
export function readPackedRelease(output: string): PackedRelease {
  let release: PackedRelease;
  try {
    release = JSON.parse(readFileSync(join(output, RECORD), "utf8"));
  } catch (cause) {
    throw new InputError({
      what: "nothing is packed",
      where: output,
      fix: "run `corepack pnpm release package`",
      cause,
    });
  }
  for (const { file, sha256 } of release.files) {
    if (digest(readFileSync(join(output, file))) === sha256) continue;
    const where = join(output, file);
    throw new InputError({
      what: "this is not the archive that was packed",
      where,
      fix: "run `corepack pnpm release package`",
    });
  }
  return release;
}

async function pack(one: WorkspacePackage, options: PackOptions): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), "platform-pack-"));
  try {
    if (one.chart === undefined) await packForNpm(one, options.root, folder);
    else await packChart(one, options, folder);
    const [file] = readdirSync(folder);
    if (file === undefined) throw new Error(`${one.name} was packed into nothing`);
    const archive = reproducibleArchive(readFileSync(join(folder, file)), options.sourceDate);
    if (one.chart !== undefined) requireTracked(archive, options.tracked);
    writeFileSync(join(options.output, file), archive);
    return { file, sha256: digest(archive), chart: one.chart?.metadata.name };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Helm decides what is in the archive: its ignore rules, its Chart.yaml, the subcharts. */
async function packChart({ folder }: WorkspacePackage, options: PackOptions, target: string): Promise<void> {
  const { root, helm, cacheDirectory } = options;
  const env = helmEnvironment(process.env, cacheDirectory);
  const chart = await assembleChart({ helm, chart: join(root, folder), cacheDirectory, env });
  const { exitCode, stderr } = await runProcess(helm.path, ["package", chart, "-d", target], { env });
  if (exitCode === 0) return;
  throw new InputError({ what: `helm package failed: ${stderr.trim()}`, where: folder });
}

/** What git ignores, here or by a person's own settings, leaves the tree clean, and Helm would pack it. */
function requireTracked(archive: Buffer, tracked: ReadonlySet<string>): void {
  for (const { name } of tarEntries(archive)) {
    // Subcharts lie below `charts/` in an archive, and beside the chart in the repository.
    const where = `charts/${name.replace(/^([^/]+\/charts\/)+/, "")}`;
    if (tracked.has(where)) continue;
    const what = "this would be packed, and no commit holds it";
    throw new InputError({ what, where, fix: "remove it, commit it, or name it in the chart's .helmignore" });
  }
}

async function packForNpm({ folder }: WorkspacePackage, root: string, target: string): Promise<void> {
  const source = join(root, folder);
  rmSync(join(source, "dist"), { recursive: true, force: true });
  await pnpm(source, "run", "build");
  await pnpm(source, "pack", "--pack-destination", target);
}

/** Whoever finds the umbrella in a registry finds all the others there. */
function umbrellaLast(left: WorkspacePackage, right: WorkspacePackage): number {
  const [first, second] = [left, right].map(({ name }) => Number(name === UMBRELLA)) as [number, number];
  return first - second || (basename(left.folder) < basename(right.folder) ? -1 : 1);
}

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
