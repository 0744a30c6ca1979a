import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { handOver } from "./real-program.ts";

/** Secrets by name, as the ledger would make them. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** One container of the rendering, with directories of this machine in place of its mounts. */
export interface Container {
  /** With its arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The directory of a mount: `host("/run/redis")`. */
  host(path: string): string;
}

interface PodSpec {
  readonly initContainers?: readonly ContainerSpec[];
  readonly containers: readonly ContainerSpec[];
  readonly volumes?: readonly Volume[];
}

interface ContainerSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { name: string; value?: string; valueFrom?: ValueSource }[];
  readonly volumeMounts?: readonly { name: string; mountPath: string }[];
}

interface Templated {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface ValueSource {
  readonly secretKeyRef?: KeyReference;
  readonly fieldRef?: { readonly fieldPath: string };
}

interface KeyReference {
  readonly name: string;
  readonly key: string;
}

interface Items {
  readonly items?: readonly { key: string; path: string }[];
}

interface Volume {
  readonly name: string;
  readonly configMap?: { name: string };
  readonly secret?: { secretName: string } & Items;
  readonly projected?: { sources: readonly { secret: { name: string } & Items }[] };
  readonly persistentVolumeClaim?: { claimName: string };
}

/** The node that pods run on. */
export const NODE = "t495";

/** What the kubelet knows of a pod, by field path. */
type Fields = Readonly<Record<string, string | undefined>>;

/** A directory that stands for the node: claims keep their files between the pods that mount them. */
export class Machine {
  private constructor(
    readonly directory: string,
    private readonly manifests: ManifestIndex,
  ) {}

  static async create(manifests: ManifestIndex): Promise<Machine> {
    const directory = await mkdtemp(join(tmpdir(), "machine-"));
    await handOver(directory);
    return new Machine(directory, manifests);
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  /**
   * Mounts what a container of a workload mounts, as the kubelet would; the first that is not an init container
   * unless another is named. The workload's name may be the beginning of a name: Jobs end with a hash.
   */
  async container(kind: string, name: string, secrets: Secrets, called?: string): Promise<Container> {
    const { namespace, initContainers = [], containers, volumes = [] } = this.pod(kind, name);
    const container =
      called === undefined
        ? containers[0]
        : [...initContainers, ...containers].find((candidate) => candidate.name === called);
    if (container === undefined) throw new Error(`the pod has no container ${called ?? ""}`);
    const mounts = new Map<string, string>();
    for (const { name, mountPath } of container.volumeMounts ?? []) {
      const volume = volumes.find((candidate) => candidate.name === name) ?? { name };
      mounts.set(mountPath, await this.mount(volume, namespace, secrets));
    }
    const host = (text: string): string => {
      const mount = [...mounts.keys()].find((path) => text === path || text.startsWith(`${path}/`));
      return mount === undefined ? text : `${mounts.get(mount)}${text.slice(mount.length)}`;
    };
    const fields: Fields = {
      "metadata.name": `${name}-0`,
      "metadata.namespace": namespace,
      "spec.nodeName": NODE,
    };
    const env = Object.fromEntries(
      (container.env ?? []).map(({ name, value, valueFrom }) => [
        name,
        valueFrom === undefined ? host(value ?? "") : readSource(valueFrom, secrets, fields),
      ]),
    );
    const command = [...container.command, ...(container.args ?? [])].map((argument) =>
      inArgument(argument, host),
    );
    return { command, env, host };
  }

  private async mount(volume: Volume, namespace: string, secrets: Secrets): Promise<string> {
    const { name, configMap, secret, projected, persistentVolumeClaim: claim } = volume;
    const files = new Map<string, string>();
    if (configMap !== undefined) {
      for (const [key, text] of Object.entries(this.configMap(namespace, configMap.name)))
        files.set(key, text);
    }
    const sources = projected?.sources.map((source) => source.secret) ?? [];
    if (secret !== undefined) sources.push({ ...secret, name: secret.secretName });
    for (const { name: from, items } of sources) {
      const chosen = items ?? Object.keys(secrets[from] ?? {}).map((key) => ({ key, path: key }));
      for (const { key, path } of chosen) files.set(path, readKey(secrets, { name: from, key }));
    }
    const keeps = files.size === 0;
    const directory = keeps
      ? join(this.directory, claim?.claimName ?? name)
      : await mkdtemp(join(this.directory, `${name}-`));
    await mkdir(directory, { recursive: true });
    for (const [path, text] of files) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    await handOver(directory);
    return directory;
  }

  private pod(kind: string, name: string): PodSpec & { readonly namespace: string } {
    const workload = this.manifests.filter({ kind }).find((manifest) => manifest.name.startsWith(name));
    if (workload === undefined) throw new Error(`the rendering has no ${kind} ${name}`);
    const { spec } = workload.object as unknown as Templated & { spec: { jobTemplate?: Templated } };
    return { ...(spec.jobTemplate?.spec ?? spec).template.spec, namespace: workload.namespace ?? "default" };
  }

  private configMap(namespace: string, name: string): Readonly<Record<string, string>> {
    const found = this.manifests.find("", "ConfigMap", namespace, name);
    if (found === undefined) throw new Error(`the rendering has no ConfigMap ${name}`);
    return found.object.data as Readonly<Record<string, string>>;
  }
}

/** `--flag=/path` is a path too. */
function inArgument(argument: string, host: (text: string) => string): string {
  const at = argument.startsWith("-") ? argument.indexOf("=") + 1 : 0;
  return argument.slice(0, at) + host(argument.slice(at));
}

function readSource({ secretKeyRef, fieldRef }: ValueSource, secrets: Secrets, fields: Fields): string {
  if (secretKeyRef !== undefined) return readKey(secrets, secretKeyRef);
  const value = fields[fieldRef?.fieldPath ?? ""];
  if (value === undefined) throw new Error(`no field ${fieldRef?.fieldPath} of the pod`);
  return value;
}

function readKey(secrets: Secrets, { name, key }: KeyReference): string {
  const value = secrets[name]?.[key];
  if (value === undefined) throw new Error(`no Secret ${name} with the key ${key}`);
  return value;
}
