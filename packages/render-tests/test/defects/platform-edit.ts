import type { Manifest } from "@t495/proof";
import { dump, load } from "js-yaml";

/** Anything below an object's top level, for tests that break it on purpose. */
// biome-ignore lint/suspicious/noExplicitAny: a defect may put any value anywhere
export type Loose = any;

/** One way to get the platform wrong, and who must notice. */
export interface Defect {
  /** What is broken, in a few words. */
  readonly what: string;
  /** The rule that must report it. */
  readonly rule: string;
  /** The object, `Kind namespace/name`, or the name in the message that the finding must carry. */
  readonly names: string;
  readonly apply: (platform: PlatformEdit) => void;
}

/**
 * The objects of a rendering, open to change. Objects are copied when a defect first touches them, so that one
 * rendering serves every defect.
 */
export class PlatformEdit {
  readonly #manifests: Manifest[];
  readonly #copied = new Set<Manifest>();

  constructor(manifests: readonly Manifest[]) {
    this.#manifests = [...manifests];
  }

  get manifests(): readonly Manifest[] {
    return this.#manifests;
  }

  /** The object as a mutable copy; `name` may leave out the hash that ends a Job's name. */
  object(kind: string, namespace: string | undefined, name: string): Loose {
    const at = this.#indexOf(kind, namespace, name);
    const manifest = this.#manifests[at] as Manifest;
    if (this.#copied.has(manifest)) return manifest.object;
    const copy: Manifest = { ...manifest, object: structuredClone(manifest.object) };
    this.#manifests[at] = copy;
    this.#copied.add(copy);
    return copy.object;
  }

  podSpec(kind: string, namespace: string, name: string): Loose {
    const { spec } = this.object(kind, namespace, name);
    return (kind === "CronJob" ? spec.jobTemplate.spec : spec).template.spec;
  }

  container(kind: string, namespace: string, name: string): Loose {
    return this.podSpec(kind, namespace, name).containers[0];
  }

  remove(kind: string, namespace: string | undefined, name: string): void {
    this.#manifests.splice(this.#indexOf(kind, namespace, name), 1);
  }

  /** Adds an object as if a template of the umbrella had rendered it. */
  add(object: Loose): void {
    const [group, version] = object.apiVersion.includes("/")
      ? object.apiVersion.split("/")
      : ["", object.apiVersion];
    this.#manifests.push({
      object,
      source: { file: "defect", document: this.#manifests.length + 1, line: 1 },
      group,
      version,
      kind: object.kind,
      name: object.metadata.name,
      namespace: object.metadata.namespace,
    });
  }

  /** A claim as it is where storage is K3s' local-path: folders on one node, made for the first pod that mounts it. */
  claimOfFolders(namespace: string, name: string): Loose {
    this.plan((plan) => {
      plan.storage.classes["local-path"].enabled = true;
    });
    const claim = this.object("PersistentVolumeClaim", namespace, name);
    claim.spec.storageClassName = "local-path";
    return claim;
  }

  /** Changes the plan that the rendering carries, as a changed values file would. */
  plan(change: (plan: Loose) => void): void {
    const { data } = this.object("ConfigMap", "platform-system", "platform-plan");
    const plan = load(data["plan.yaml"]);
    change(plan);
    data["plan.yaml"] = dump(plan, { lineWidth: -1 });
  }

  #indexOf(kind: string, namespace: string | undefined, name: string): number {
    const found = this.#manifests.findIndex(
      (manifest) =>
        manifest.kind === kind &&
        manifest.namespace === namespace &&
        (manifest.name === name || manifest.name.replace(/-[0-9a-f]{8}$/, "") === name),
    );
    if (found === -1) throw new Error(`the platform has no ${kind} ${namespace ?? ""}/${name}`);
    return found;
  }
}
