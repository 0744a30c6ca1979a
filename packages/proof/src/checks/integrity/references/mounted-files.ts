import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt, stringsIn } from "../../../manifest/values.ts";
import { type Container, containersOf, type Workload } from "../../../manifest/workload.ts";
import { keysOf, volumeUses } from "./key-references.ts";

/** A file that a container needs of a ConfigMap or Secret, and what the volume has. */
export interface FileUse {
  readonly file: string;
  readonly path: string;
  readonly holder: Manifest;
  readonly files: ReadonlySet<string>;
}

/**
 * Files below the mounts of rendered ConfigMaps and Secrets that a workload's containers take by `subPath` or
 * name in command, arguments and environment. Such mounts are read-only: what is not in the object is not there.
 */
export function* mountedFiles(workload: Workload, index: ManifestIndex): Generator<FileUse> {
  const contents = volumeContents(workload, index);
  for (const { container, path } of containersOf(workload)) {
    const mounts = objectsIn(container.volumeMounts);
    const whole: Mount[] = [];
    for (const [position, mount] of mounts.entries()) {
      const content = contents.get(stringAt(mount, "name") ?? "");
      const directory = (stringAt(mount, "mountPath") ?? "").replace(/\/+$/, "");
      const file = stringAt(mount, "subPath")?.split("/")[0] ?? "";
      whole.push({
        directory,
        content: file === "" && mount.subPathExpr === undefined ? content : undefined,
      });
      if (file !== "" && content !== undefined) {
        yield { file, path: `${path}.volumeMounts[${position}].subPath`, ...content };
      }
    }
    if (whole.some(({ content }) => content !== undefined)) yield* namedFiles(container, path, whole);
  }
}

/** What is in a volume that is one rendered ConfigMap or Secret. */
export interface VolumeContent {
  readonly holder: Manifest;
  /** The first segments of its files' paths. */
  readonly files: ReadonlySet<string>;
}

/** The volumes of a workload, by name, of which the rendering says all that is in them. */
export function volumeContents(workload: Workload, index: ManifestIndex): ReadonlyMap<string, VolumeContent> {
  const contents = new Map<string, VolumeContent>();
  for (const volume of objectsIn(workload.podSpec.volumes)) {
    const content = contentOf(workload, volume, index);
    const name = stringAt(volume, "name");
    if (content !== undefined && name !== undefined) contents.set(name, content);
  }
  return contents;
}

interface Mount {
  readonly directory: string;
  /** Undefined when nobody knows what is in the volume. */
  readonly content: VolumeContent | undefined;
}

/** The rendered ConfigMap or Secret that is all of a volume, with the first segments of its files' paths. */
function contentOf(workload: Workload, volume: unknown, index: ManifestIndex): VolumeContent | undefined {
  const [first] = volumeUses(volume, "");
  if (first === undefined || first.optional || first.path.startsWith(".projected")) return undefined;
  const holder = index.find("", first.kind, workload.manifest.namespace, first.name);
  if (holder === undefined) return undefined;
  if (first.key === undefined) return { holder, files: keysOf(holder.object) };
  const items = objectsIn(at(volume, first.kind === "ConfigMap" ? "configMap" : "secret", "items"));
  const files = items.map((item) => stringAt(item, "path")?.split("/")[0]);
  return { holder, files: new Set(files.filter((file) => file !== undefined)) };
}

function* namedFiles(container: Container, path: string, mounts: readonly Mount[]): Generator<FileUse> {
  const texts = [
    ...["command", "args"].flatMap((field) =>
      stringsIn(container[field]).map((text, position) => ({ text, path: `${path}.${field}[${position}]` })),
    ),
    ...objectsIn(container.env).map((variable, position) => ({
      text: stringAt(variable, "value") ?? "",
      path: `${path}.env[${position}].value`,
    })),
  ];
  for (const { text, path: place } of texts) {
    const seen = new Set<string>();
    for (const { directory, content } of mounts) {
      if (content === undefined || directory === "" || !text.includes(`${directory}/`)) continue;
      for (const file of filesBelow(directory, text, mounts)) {
        if (seen.has(file)) continue;
        seen.add(file);
        yield { file, path: place, ...content };
      }
    }
  }
}

/** Names right below a directory in a text; patterns, variables and deeper mounts are left out. */
function filesBelow(directory: string, text: string, mounts: readonly Mount[]): readonly string[] {
  const found: string[] = [];
  for (
    let start = text.indexOf(`${directory}/`);
    start !== -1;
    start = text.indexOf(`${directory}/`, start + 1)
  ) {
    const before = text.slice(0, start);
    if (/[\w./-]$/.test(before) && !before.endsWith("://")) continue;
    const rest = text.slice(start + directory.length + 1);
    const name = /^[\w.-]*/.exec(rest)?.[0] ?? "";
    const file = name.replace(/\.+$/, "");
    if (file === "" || /^[*?$[{]/.test(rest.slice(name.length))) continue;
    const whole = `${directory}/${file}`;
    const isDeeper = mounts.some(
      (mount) => mount.directory === whole || mount.directory.startsWith(`${whole}/`),
    );
    if (!isDeeper) found.push(file);
  }
  return found;
}
