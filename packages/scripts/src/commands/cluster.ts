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
import { DEFAULT_PROFILE, InputError, readPlan } from "@t495/proof";
import type { CommandAction, CommandInput } from "../command.ts";
import { cacheDirectory } from "../helm.ts";
import { writeNote, writeOut } from "../output.ts";
import { renderPlatform } from "../render-platform.ts";

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
  const running = await findBackground(cache);
  if (running !== undefined) {
    requireSame(running, options.value("profile"));
    writeOut(describe(running));
    return 0;
  }
  await build(input);
  const profile = options.value("profile") ?? DEFAULT_PROFILE;
  const words = ["cluster", "up", "--foreground", "--profile", profile];
  if (options.has("empty")) words.push("--empty");
  const [node = "", launcher = ""] = process.argv;
  writeOut(describe(await startInBackground(cache, [node, launcher, ...words])));
  return 0;
}

/** Who asks for another machine must not be shown this one. */
function requireSame({ profile }: BackgroundCluster, wanted: string | undefined): void {
  if (wanted === undefined || wanted === profile) return;
  throw new InputError({
    what: `a cluster of profile ${profile} runs already, not of ${wanted}`,
    fix: "end it first: `platform cluster down`",
  });
}

/** Holds the cluster until it is told to end. */
async function hold({ root, options }: CommandInput): Promise<number> {
  const cache = cacheDirectory(root);
  const profile = options.value("profile") ?? DEFAULT_PROFILE;
  const { manifests } = await renderPlatform(root, profile);
  const plan = readPlan(manifests);
  if (plan === undefined)
    throw new InputError({ what: `profile ${profile} renders no plan`, fix: "render foundation" });
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
    if (!options.has("empty")) {
      for (const { manifest, message } of await applyInOrder(cluster.api, manifests)) {
        writeNote(`refused: ${manifest.kind} ${manifest.name}: ${message}`);
      }
    }
    await announce(cache, {
      ...{ pid: process.pid, profile, logs: cluster.logs, started: new Date().toISOString() },
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

function describe({ profile, kubeconfig, logs, pid, started }: BackgroundCluster): string {
  const lines = [
    `cluster     profile ${profile}, process ${pid}, since ${started}`,
    `kubeconfig  export KUBECONFIG=${kubeconfig}`,
    `logs        ${logs}`,
    "end it      platform cluster down",
  ];
  return `${lines.join("\n")}\n`;
}
