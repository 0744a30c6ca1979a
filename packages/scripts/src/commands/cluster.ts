import { setTimeout } from "node:timers/promises";
import {
  announce,
  applyInOrder,
  type BackgroundCluster,
  backgroundFolder,
  findBackground,
  obtainPrograms,
  startCluster,
  startInBackground,
  stopBackground,
} from "@t495/cluster-tests/cluster";
import { DEFAULT_PROFILE, InputError, type Manifest, type Plan, readPlan } from "@t495/proof";
import type { CommandAction, CommandInput } from "../command.ts";
import { cacheDirectory } from "../helm.ts";
import { writeNote, writeOut } from "../output.ts";
import { renderPlatform } from "../render-platform.ts";

/** Which cluster it is: what was asked for, by whatever words. */
type Kind = Pick<BackgroundCluster, "profile" | "empty">;

const ACTIONS: Readonly<Record<string, CommandAction>> = { build, up, down, status };

/** `platform cluster`: a real control plane on loopback, for trying things by hand. */
export const run: CommandAction = async (input) => {
  const [name = ""] = input.arguments;
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action !== undefined) return action(input);
  throw new InputError({
    what: name === "" ? "no action is named" : `there is no action ${name}`,
    fix: `write \`platform cluster ${Object.keys(ACTIONS).join("|")}\``,
  });
};

/** Everything that `test:cluster` runs, so that no test has to wait for a compiler. */
async function build({ root }: CommandInput): Promise<number> {
  await obtainPrograms({ repository: root, cacheDirectory: cacheDirectory(root), report: writeNote });
  return 0;
}

async function up(input: CommandInput): Promise<number> {
  const { root, options } = input;
  if (options.has("foreground")) return hold(input);
  const cache = cacheDirectory(root);
  const profile = options.value("profile") ?? DEFAULT_PROFILE;
  const running = await findBackground(cache);
  if (running !== undefined) {
    const { plan } = await renderPlan(root, profile);
    requireSame(running, { profile: plan.profile, empty: options.has("empty") });
    writeOut(describe(running));
    return 0;
  }
  await build(input);
  const words = ["cluster", "up", "--foreground", "--profile", profile];
  if (options.has("empty")) words.push("--empty");
  const [node = "", launcher = ""] = process.argv;
  writeOut(describe(await startInBackground(cache, [node, launcher, ...words])));
  return 0;
}

/** Who asks for another cluster must not be shown this one. */
function requireSame(running: Kind, wanted: Kind): void {
  if (wanted.profile === running.profile && wanted.empty === running.empty) return;
  throw new InputError({
    what: `${nameKind(running)} runs already, not ${nameKind(wanted)}`,
    fix: "end it first: `platform cluster down`",
  });
}

function nameKind({ profile, empty }: Kind): string {
  return `${empty ? "an empty cluster" : "a cluster"} of profile ${profile}`;
}

async function renderPlan(
  root: string,
  profile: string,
): Promise<{ plan: Plan; manifests: readonly Manifest[] }> {
  const { manifests } = await renderPlatform(root, profile);
  const plan = readPlan(manifests);
  if (plan !== undefined) return { plan, manifests };
  throw new InputError({ what: `profile ${profile} renders no plan`, fix: "render foundation" });
}

/** Holds the cluster until it is told to end. */
async function hold({ root, options }: CommandInput): Promise<number> {
  const cache = cacheDirectory(root);
  const { plan, manifests } = await renderPlan(root, options.value("profile") ?? DEFAULT_PROFILE);
  const kind: Kind = { profile: plan.profile, empty: options.has("empty") };
  const programs = await obtainPrograms({
    ...{ repository: root, cacheDirectory: cache, report: writeNote },
    modules: ["etcd", "kubernetes", "kwok"],
  });
  let told = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      told = true;
    });
  }
  const cluster = await startCluster({
    repository: root,
    programs,
    plan,
    folder: `${backgroundFolder(cache)}/run`,
  });
  try {
    if (!kind.empty) {
      for (const { manifest, message } of await applyInOrder(cluster.api, manifests)) {
        writeNote(`refused: ${manifest.kind} ${manifest.name}: ${message}`);
      }
    }
    await announce(cache, {
      ...{ ...kind, pid: process.pid, logs: cluster.logs, started: new Date().toISOString() },
      kubeconfig: await cluster.kubeconfig("admin"),
    });
    while (!told) await setTimeout(100);
    return 0;
  } finally {
    await cluster.stop();
  }
}

async function down({ root }: CommandInput): Promise<number> {
  const stopped = await stopBackground(cacheDirectory(root));
  writeOut(stopped ? "the cluster has ended\n" : "no cluster was running\n");
  return 0;
}

/** 0 while one runs, else 1. */
async function status({ root }: CommandInput): Promise<number> {
  const running = await findBackground(cacheDirectory(root));
  writeOut(running === undefined ? "no cluster is running\n" : describe(running));
  return running === undefined ? 1 : 0;
}

function describe({ profile, empty, kubeconfig, logs, pid, started }: BackgroundCluster): string {
  const lines = [
    `cluster     profile ${profile}${empty ? ", empty" : ""}, process ${pid}, since ${started}`,
    `kubeconfig  export KUBECONFIG=${kubeconfig}`,
    `logs        ${logs}`,
    "end it      platform cluster down",
  ];
  return `${lines.join("\n")}\n`;
}
