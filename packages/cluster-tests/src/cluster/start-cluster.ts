import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Manifest, type Plan, parseManifests } from "@t495/proof";
import type { ApiClient } from "../api/api-client.ts";
import type { Programs } from "../programs/obtain-programs.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { startControllerManager, startScheduler } from "./kubernetes-controllers.ts";
import { type JobPods, startKwok } from "./kwok.ts";
import { createNode } from "./node.ts";
import { notePodsWithSecrets } from "./pods-with-secrets.ts";
import { eventually, type Program } from "./program.ts";
import { applyInOrder } from "./rollout.ts";
import { provideVolumes } from "./volumes.ts";

export interface ClusterOptions {
  /** The repository's folder. */
  readonly repository: string;
  readonly programs: Programs;
  /** The plan of the node that the cluster has. */
  readonly plan: Plan;
  /** Default: a new one below the system's temporary folder, removed when the cluster stops. */
  readonly folder?: string;
  readonly jobPods?: JobPods;
  /** Whether pods wait for the Secrets that they name; by default they become ready without. */
  readonly awaitSecrets?: boolean;
  /** Leaves out what the bootstrap brings before any sync: for a cluster that the bootstrap itself fills. */
  readonly empty?: boolean;
}

/** A cluster of one node, without a runtime: everything that decides is Kubernetes' own. */
export interface Cluster extends ControlPlane {
  readonly plan: Plan;
  /** Plays the kubelet; started again with another behaviour by {@link Cluster.restartKwok}. */
  restartKwok(jobPods: JobPods): Promise<void>;
}

/** @throws Error with the end of the log of what does not become ready. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { repository, programs, plan, jobPods = "complete", awaitSecrets = false } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "t495-cluster-")));
  const plane = await startControlPlane({
    repository,
    programs,
    folder,
    serviceCidr: plan.node.network.serviceCidr,
  });
  const stops: (() => Promise<void>)[] = [];
  try {
    await startControllerManager(plane);
    await startScheduler(plane);
    let kwok: Program = await startKwok(plane, { jobPods, awaitSecrets });
    await createNode(plane.api, plan);
    await createLocalPath(plane, plan);
    if (options.empty !== true) await prepare(plane, plan);
    stops.push(provideVolumes(plane.api));
    if (awaitSecrets) stops.push(notePodsWithSecrets(plane.api));
    await nodeReady(plane, plan.node.name, kwok);
    return {
      ...plane,
      plan,
      async restartKwok(behaviour) {
        await kwok.stop();
        kwok = await startKwok(plane, { jobPods: behaviour, awaitSecrets });
      },
      async stop() {
        for (const end of stops) await end();
        await plane.stop();
        if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    for (const end of stops) await end();
    await plane.stop();
    throw error;
  }
}

/** What the plan counts on and no chart renders: the namespaces of others, and the kinds of Argo CD's own objects. */
async function prepare({ api, repository }: ControlPlane, { namespaces }: Plan): Promise<void> {
  const others = Object.entries(namespaces).filter(([, { create }]) => !create);
  for (const [name] of others) await createNamespace(api, name);
  await applyInOrder(api, await readDefinitions(join(repository, "argocd/crds")));
}

async function readDefinitions(folder: string): Promise<readonly Manifest[]> {
  const files = (await readdir(folder)).map((file) => join(folder, file));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.flatMap((text, at) => parseManifests(text, files[at] ?? folder));
}

/** A namespace in which pods are admitted: not before its ServiceAccount `default` is there. */
export async function createNamespace(api: ApiClient, name: string): Promise<void> {
  await api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, { manager: "bootstrap" });
  const account = { apiVersion: "v1", kind: "ServiceAccount", namespace: name, name: "default" };
  await eventually(`namespace ${name} has a ServiceAccount`, () => api.exists(account));
}

/** What K3s itself brings, and no chart renders: its storage class. */
async function createLocalPath({ api }: ControlPlane, { storage }: Plan): Promise<void> {
  for (const [name, { provider, provisioner, bindingMode, expansion }] of Object.entries(storage.classes)) {
    if (provider !== "k3s") continue;
    await api.apply(
      {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name },
        provisioner,
        volumeBindingMode: bindingMode,
        allowVolumeExpansion: expansion,
        reclaimPolicy: "Delete",
      },
      { manager: "k3s" },
    );
  }
}

async function nodeReady({ api }: ControlPlane, name: string, kwok: Program): Promise<void> {
  await eventually(
    `node ${name} is ready`,
    async () => {
      const { status } = await api.get({ apiVersion: "v1", kind: "Node", name });
      const { conditions = [] } = status as { conditions?: { type: string; status: string }[] };
      return conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
    },
    { program: kwok },
  );
}
