import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DEFAULT_PROFILE, InputError, KUBERNETES_VERSION, type Manifest, prove, readPlan } from "@t495/proof";
import { benchReport } from "../bench/bench-report.ts";
import { measurePaired } from "../bench/paired-runs.ts";
import { repeatPlatform } from "../bench/repeat-platform.ts";
import type { CommandAction } from "../command.ts";
import { today } from "../edge.ts";
import { writeNote, writeOut } from "../output.ts";
import { type OpenedPlatform, openOwnPlatform } from "../render-platform.ts";

const LEAST_RUNS = 10;
const OBJECTS = 1000;

/** `platform bench`: how long `prove` takes beside bare Helm, and how long the rules take. */
export const run: CommandAction = async ({ options, root }) => {
  const runs = runsOf(options.value("runs"));
  const opened = await openOwnPlatform(root);
  const { manifests } = await opened.platform.render({ profile: DEFAULT_PROFILE });
  writeNote(`bench: ${runs} paired runs of helm template and platform prove`);
  const whole = await measurePaired(
    [() => runBareHelm(opened), () => runProgram(process.execPath, [join(root, LAUNCHER), "prove"])],
    runs,
  );
  writeNote(`bench: ${runs} runs of the rules on ${OBJECTS} objects`);
  const checks = await measureChecks(manifests, runs);
  const [helm = Number.NaN, proven = Number.NaN] = whole.medians;
  const text = benchReport({ runs, helm, prove: proven, checks }, options.has("json"));
  writeOut(text);
  return 0;
};

const LAUNCHER = "packages/scripts/bin/platform.mjs";

function runsOf(text: string | undefined): number {
  const runs = Number(text ?? LEAST_RUNS);
  if (Number.isSafeInteger(runs) && runs >= LEAST_RUNS) return runs;
  throw new InputError({
    what: `--runs ${text} is not a number of runs`,
    fix: `write ${LEAST_RUNS} or more`,
  });
}

function runBareHelm({ helm, platform }: OpenedPlatform): void {
  const values = ["values.yaml", `profiles/${DEFAULT_PROFILE}.yaml`].flatMap((file) => ["--values", file]);
  const args = ["template", ".", "--kube-version", KUBERNETES_VERSION, "--include-crds", ...values];
  runProgram(helm.path, args, platform.chart);
}

/** Findings are a result like any other; a program that cannot do its work ends the bench. */
function runProgram(program: string, args: readonly string[], cwd?: string): void {
  const { status, stderr } = spawnSync(program, args, {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (status === 0 || status === 1) return;
  throw new InputError({ what: `${program} ended with ${status}: ${stderr.trim()}`, where: args.join(" ") });
}

/** Milliseconds per 1,000 objects, of all rules together with the accounting they ask for. */
async function measureChecks(manifests: readonly Manifest[], runs: number): Promise<number> {
  const repeated = repeatPlatform(manifests, readPlan(manifests), OBJECTS);
  const { medians } = await measurePaired(
    [() => void prove({ ...repeated, today: today(), tools: {} })],
    runs,
  );
  return ((medians[0] ?? Number.NaN) / repeated.manifests.length) * 1000;
}
