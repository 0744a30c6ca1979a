import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { isObject, objectsIn, stringAt } from "../manifest/values.ts";
import { containersOf, type Workload } from "../manifest/workload.ts";
import type { Plan } from "../plan/plan.ts";
import { formatImageReference, type ImageReference, parseImageReference } from "./image-reference.ts";

/** An image in a rendered object. */
export interface ImageUse {
  /** As written. */
  readonly image: string;
  /** A string if the text is no image reference: what is wrong with it. */
  readonly reference: ImageReference | string;
  readonly manifest: Manifest;
  readonly path: string;
}

/** One line of `platform images`. */
export interface ImageEntry {
  /** Key under `global.images`; undefined for an image that the plan does not list. */
  readonly key: string | undefined;
  readonly repository: string;
  readonly tag: string | undefined;
  /** Undefined when no evidence was found. */
  readonly digest: string | undefined;
  readonly evidence: string;
  /** YYYY-MM-DD; undefined when upstream announced none. */
  readonly endOfLife: string | undefined;
  /** The step of its version that a revert does not take back. */
  readonly oneWay: "major" | "minor" | "any" | undefined;
  /** Objects that run it or hand it on to a program that does, each once. */
  readonly usedBy: readonly Manifest[];
}

/** Every image that a container or an image volume names, in stream order. */
export function imageUses(workloads: readonly Workload[]): ImageUse[] {
  return workloads.flatMap((workload) => {
    const { manifest, podSpec, podSpecPath } = workload;
    const containers = containersOf(workload).map(({ container, path }) => [
      stringAt(container, "image"),
      `${path}.image`,
    ]);
    const volumes = objectsIn(podSpec.volumes).map((volume, position) => [
      stringAt(volume, "image", "reference"),
      `${podSpecPath}.volumes[${position}].image.reference`,
    ]);
    return [...containers, ...volumes].flatMap(([image, path = ""]) =>
      image === undefined || image === ""
        ? []
        : [{ image, path, manifest, reference: parseImageReference(image) }],
    );
  });
}

const known = new WeakMap<
  ManifestIndex,
  { readonly plan: Plan | undefined; readonly entries: ImageEntry[] }
>();

/**
 * The plan's images with their users, then those that are in use and not in the plan. An image also counts as
 * used where a text holds `repository:tag` (an argument, a ConfigMap), for programs that start pods themselves.
 * Read once for a rendering and its plan.
 */
export function imageLedger(
  index: ManifestIndex,
  workloads: readonly Workload[],
  plan: Plan | undefined,
): readonly ImageEntry[] {
  const before = known.get(index);
  if (before !== undefined && before.plan === plan) return before.entries;
  const entries = readLedger(index, workloads, plan);
  known.set(index, { plan, entries });
  return entries;
}

function readLedger(
  index: ManifestIndex,
  workloads: readonly Workload[],
  plan: Plan | undefined,
): ImageEntry[] {
  const users = new Map<string, Set<Manifest>>();
  const unlisted = new Map<string, ImageReference>();
  const planned = Object.entries(plan?.images ?? {}).map(([key, image]) => ({
    key,
    ...image,
    name: formatImageReference({ repository: image.repository, tag: image.tag, digest: undefined }),
  }));
  for (const { name } of planned) users.set(name, new Set());
  for (const { reference, manifest } of imageUses(workloads)) {
    if (typeof reference === "string") continue;
    const name = formatImageReference({ ...reference, digest: undefined });
    const known = users.get(name);
    if (known === undefined) {
      users.set(name, new Set([manifest]));
      unlisted.set(name, reference);
    } else known.add(manifest);
  }
  addMentions(
    index,
    users,
    planned.map(({ name }) => name).filter((name) => users.get(name)?.size === 0),
  );
  return [
    ...planned.map(({ key, name, repository, tag, digest, evidence, endOfLife, oneWay }) => ({
      key,
      repository,
      tag,
      digest: digest === "" ? undefined : digest,
      evidence,
      endOfLife: endOfLife === "" ? undefined : endOfLife,
      oneWay,
      usedBy: [...(users.get(name) ?? [])],
    })),
    ...[...unlisted].map(([name, { repository, tag, digest }]) => ({
      key: undefined,
      repository,
      tag,
      digest,
      evidence: "",
      endOfLife: undefined,
      oneWay: undefined,
      usedBy: [...(users.get(name) ?? [])],
    })),
  ];
}

function addMentions(
  index: ManifestIndex,
  users: ReadonlyMap<string, Set<Manifest>>,
  names: readonly string[],
): void {
  if (names.length === 0) return;
  for (const manifest of index.all) {
    // The plan itself lists every image; a list is no use.
    if (manifest.kind === "ConfigMap" && manifest.name === "platform-plan") continue;
    forEachText(manifest.object, (text) => {
      for (const name of names) if (mentions(text, name)) users.get(name)?.add(manifest);
    });
  }
}

/** `repository:tag` as a whole: 1.2 is not mentioned by 1.2.3. */
function mentions(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return at !== -1 && !/^[\w.-]/.test(text.slice(at + name.length, at + name.length + 1));
}

/** Not a generator: one in another costs more than the search itself. */
function forEachText(value: unknown, look: (text: string) => void): void {
  if (typeof value === "string") look(value);
  else if (Array.isArray(value)) for (const item of value) forEachText(item, look);
  else if (isObject(value)) for (const item of Object.values(value)) forEachText(item, look);
}
