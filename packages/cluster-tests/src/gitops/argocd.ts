import { chmod, copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject } from "@t495/proof";
import { parseQuantity } from "../../../proof/src/accounting/quantity.ts";
import type { Workload } from "../../../proof/src/manifest/workload.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { freePort } from "../cluster/free-port.ts";
import { eventually, type Program, startProgram } from "../cluster/program.ts";
import { followMemory } from "./memory.ts";
import { startRedis } from "./redis.ts";
import { runCommand } from "./run-command.ts";

const NAMESPACE = "argocd";

export interface ArgocdOptions {
  /** Helm, as the image of Argo CD has it on PATH. */
  readonly helm: string;
  /** The rendered workloads; Argo CD's are among them. */
  readonly workloads: readonly Workload[];
}

/** The processes of Argo CD that do the work, each with the rights of its ServiceAccount. */
export interface Argocd {
  controller(): Program;
  /**
   * Kills the application controller and starts it again. From then on it renders and compares everything anew this
   * often; until then only at first, for the rendered interval is longer than the resync of these tests.
   */
  restartController(hardResyncSeconds: number): Promise<void>;
  /** The most that a process and its children ever had resident, and the limit of its rendered container; in bytes. */
  memoryOf(role: Role): { readonly peak: number; readonly limit: number };
  /** Every object that it has rendered from a commit. */
  renderingsOf(commit: string): Promise<readonly KubernetesObject[]>;
}

type Role = "application-controller" | "applicationset-controller" | "repo-server";

type Container = Workload["podSpec"]["containers"][number];

/**
 * Starts Argo CD's real programs with the arguments that its chart renders. Addresses are moved to loopback and
 * intervals shortened; nothing else differs.
 */
export async function startArgocd(plane: ControlPlane, { helm, workloads }: ArgocdOptions): Promise<Argocd> {
  const folder = join(plane.folder, "argocd");
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await prepareFolders(folder);
  await symlink(helm, join(bin, "helm"));
  await addGitWrapper(plane, bin);
  const redis = await startRedis(plane, NAMESPACE);
  const [repoPort, repoMetrics] = [await freePort(), await freePort()];

  const containerOf = (role: string): Container => {
    const workload = workloads.find(({ manifest }) => manifest.name === `argocd-${role}`);
    const [container] = workload?.podSpec.containers ?? [];
    if (container === undefined) throw new Error(`no workload argocd-${role} is rendered`);
    return container;
  };
  const peaks = new Map<Role, () => number>();
  const start = async (role: Role, moved: Readonly<Record<string, string>>): Promise<Program> => {
    const { args = [], env = [] } = containerOf(role);
    const path = join(bin, `argocd-${role}`);
    await rm(path, { force: true });
    await symlink(plane.pathOf("argocd"), path);
    const temporary = join(folder, "tmp", role);
    await mkdir(temporary, { recursive: true });
    const plain = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
    const program = await startProgram({
      name: `argocd-${role}`,
      path,
      logs: plane.logs,
      args: withFlags(args, moved),
      env: {
        ...Object.fromEntries(plain),
        ...(await environment(folder)),
        ...{ NAMESPACE, TMPDIR: temporary, REDIS_PASSWORD: redis.password },
        PATH: `${bin}:${process.env.PATH}`,
        KUBECONFIG: await plane.kubeconfigOf(NAMESPACE, `argocd-${role}`),
      },
    });
    plane.programs.push(program);
    peaks.set(role, followMemory(program));
    return program;
  };

  const repoServer = await start("repo-server", {
    ...{ port: `${repoPort}`, "metrics-port": `${repoMetrics}`, redis: redis.address },
    ...{ address: LOOPBACK, "metrics-address": LOOPBACK, "revision-cache-expiration": "2s" },
  });
  const repository = `${LOOPBACK}:${repoPort}`;
  await eventually("Argo CD's repo-server answers", () => answers(repoMetrics), { program: repoServer });
  await start("applicationset-controller", {
    "argocd-repo-server": repository,
    ...(await loopbackPorts(["metrics-addr", "probe-addr", "webhook-addr"])),
  });
  const startController = async (moved: Readonly<Record<string, string>> = {}): Promise<Program> =>
    start("application-controller", {
      ...{ "repo-server": repository, redis: redis.address, "metrics-port": `${await freePort()}` },
      ...{ "app-resync": "10", "app-resync-jitter": "0", ...moved },
    });
  let controller = await startController();
  return {
    controller: () => controller,
    async restartController(hardResyncSeconds) {
      const seconds = `${hardResyncSeconds}`;
      await controller.stop("SIGKILL");
      controller = await startController({ "app-resync": seconds, "app-hard-resync": seconds });
    },
    renderingsOf: redis.renderingsOf,
    memoryOf(role) {
      const limit = parseQuantity(containerOf(role).resources?.limits?.memory) ?? 0n;
      const peak = peaks.get(role)?.() ?? 0;
      if (peak < LEAST_MEMORY) throw new Error(`the memory of argocd-${role} cannot be read: ${peak} bytes`);
      return { peak, limit: Number(limit / 1000n) };
    },
  };
}

/** None of them has less; a smaller figure was not measured. */
const LEAST_MEMORY = 20 * 2 ** 20;
const LOOPBACK = "127.0.0.1";

/** Flags that are rendered take the new value, others are added. */
function withFlags(args: readonly string[], moved: Readonly<Record<string, string>>): string[] {
  const kept = args.filter(
    (argument) => !Object.keys(moved).some((flag) => argument.startsWith(`--${flag}=`)),
  );
  return [...kept, ...Object.entries(moved).map(([flag, value]) => `--${flag}=${value}`)];
}

async function loopbackPorts(flags: readonly string[]): Promise<Record<string, string>> {
  const ports: Record<string, string> = {};
  for (const flag of flags) ports[flag] = `${LOOPBACK}:${await freePort()}`;
  return ports;
}

async function prepareFolders(folder: string): Promise<void> {
  for (const name of ["tls", "ssh", "helm"]) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "ssh/ssh_known_hosts"), "");
}

/** What the image and the pod's volumes give, in folders of this run. */
async function environment(folder: string): Promise<Record<string, string>> {
  const helm = join(folder, "helm");
  return {
    ARGOCD_FAKE_IN_CLUSTER: "true",
    ARGOCD_RECONCILIATION_TIMEOUT: "5s",
    // Between two waves, for other controllers to have seen a change; two by default.
    ARGOCD_SYNC_WAVE_DELAY: "1",
    ARGOCD_TLS_DATA_PATH: join(folder, "tls"),
    ARGOCD_SSH_DATA_PATH: join(folder, "ssh"),
    ...{ HELM_CACHE_HOME: helm, HELM_CONFIG_HOME: helm, HELM_DATA_HOME: helm },
    KUBECACHEDIR: join(folder, "tmp/kubecache"),
    // Git trusts a remote on disk, whoever looks.
    ...{ GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  };
}

/** Argo CD calls it for every revision, even where signatures are not checked. */
async function addGitWrapper({ repository }: ControlPlane, bin: string): Promise<void> {
  const name = "git-verify-wrapper.sh";
  const module = join(repository, "packages/render-tests/programs/argocd");
  // Where the programs were kept from an earlier run, the module may not have been.
  const download = ["mod", "download", "-json", "github.com/argoproj/argo-cd/v3"];
  const { Dir } = JSON.parse(await runCommand("go", download, { cwd: module })) as { readonly Dir: string };
  await copyFile(join(Dir, "hack", name), join(bin, name));
  await chmod(join(bin, name), 0o755);
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://${LOOPBACK}:${port}/metrics`).then(
    ({ ok }) => ok,
    () => false,
  );
}
