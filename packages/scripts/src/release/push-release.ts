import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@t495/proof/errors";
import { runProcess } from "@t495/proof/packaging";
import type { Helm } from "@t495/proof/rendering";
import type { Packed, PackedRelease } from "./pack-release.ts";
import { definedEnvironment } from "./pnpm.ts";

/** Where charts go. */
export interface Registry {
  /** `oci://ghcr.io/owner/charts`: Helm appends the chart's name. */
  readonly address: string;
  /** Without TLS, as on a loopback address. */
  readonly isPlain: boolean;
  /** A look-up that is denied means that the chart was never pushed: GHCR answers so. */
  readonly isFirst: boolean;
}

/** A chart that is packed, beside what the registry holds under its name and version. */
export interface PushedChart {
  readonly chart: string;
  readonly file: string;
  readonly state: "absent" | "same" | "different";
}

/** How registries say that there is no such chart, as Helm passes it on: `host/chart:version: not found`. */
const ABSENT = /\S:\S+: not found$|name_unknown|manifest_unknown/im;
/** «Basic credential not found» is Helm's own word for a login that is missing. */
const DENIED = /denied|401|403|unauthorized|credential not found/i;
const UNTRUSTED = /x509|certificate/i;

/** Looks every packed chart up. */
export async function comparePushed(
  release: PackedRelease,
  output: string,
  registry: Registry,
  helm: Helm,
): Promise<readonly PushedChart[]> {
  const charts = release.files.filter(
    (packed): packed is Packed & { chart: string } => packed.chart !== undefined,
  );
  return Promise.all(
    charts.map(async ({ chart, file }) => {
      const held = await pull(chart, release.version, registry, helm);
      const isSame = held?.equals(readFileSync(join(output, file)));
      return { chart, file, state: held === undefined ? "absent" : isSame ? "same" : "different" };
    }),
  );
}

/**
 * Pushes one chart and pulls it back.
 *
 * @throws InputError when the registry refuses it, or gives something else back.
 */
export async function pushChart(
  { chart, file }: PushedChart,
  version: string,
  output: string,
  registry: Registry,
  helm: Helm,
): Promise<void> {
  const { exitCode, stderr } = await run(helm, registry, ["push", join(output, file), registry.address]);
  if (exitCode !== 0) throw refused(stderr, `${registry.address}/${chart}`);
  const held = await pull(chart, version, registry, helm);
  if (held?.equals(readFileSync(join(output, file)))) return;
  throw new InputError({
    what: "the registry took the chart and does not give the same bytes back",
    where: `${registry.address}/${chart}:${version}`,
  });
}

/** The archive that the registry holds, by Helm and with its logins; undefined when it holds none. */
async function pull(
  chart: string,
  version: string,
  registry: Registry,
  helm: Helm,
): Promise<Buffer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "platform-pull-"));
  const where = `${registry.address}/${chart}`;
  try {
    const words = ["pull", where, "--version", version, "--destination", folder];
    const { exitCode, stderr } = await run(helm, registry, words);
    if (exitCode === 0) return readFileSync(join(folder, `${chart}-${version}.tgz`));
    if (ABSENT.test(stderr) || (registry.isFirst && DENIED.test(stderr))) return undefined;
    throw refused(stderr, where);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the caller's own environment, where `helm registry login` has left its token. */
function run(helm: Helm, { isPlain }: Registry, words: readonly string[]): ReturnType<typeof runProcess> {
  const args = isPlain ? [...words, "--plain-http"] : words;
  return runProcess(helm.path, args, { env: definedEnvironment() });
}

function refused(stderr: string, where: string): InputError {
  const fix = DENIED.test(stderr)
    ? "run `helm registry login`; where the registry denies look-ups of what was never pushed, add --first"
    : UNTRUSTED.test(stderr)
      ? "name the file of its authority in SSL_CERT_FILE"
      : "check the address and that the registry runs; one without TLS needs --plain-http";
  return new InputError({ what: `the registry refuses: ${stderr.trim().split("\n").at(-1)}`, where, fix });
}
