import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { objectsIn, stringAt, stringsIn } from "../../../manifest/values.ts";
import { type Container, containersOf, type Workload } from "../../../manifest/workload.ts";
import { type VolumeContent, volumeContents } from "../references/mounted-files.ts";

/** A file that a program is told to read where nothing is mounted. */
interface MisplacedFile {
  /** Of the text that names it. */
  readonly path: string;
  /** Where it is looked for. */
  readonly named: string;
  /** Where a file of that name is. */
  readonly mounted: string;
  readonly holder: Manifest;
}

interface MountedFile {
  readonly file: string;
  readonly directory: string;
  readonly holder: Manifest;
}

/** `--config.file=/etc/prometheus/prometheus.yml`, `-config=…`, or the path alone. */
const NAMED_FILE = /^(?:--?[\w.-]+=)?(\/(?:[\w.-]+\/)*[\w-][\w.-]*\.[a-z]+)$/;

/**
 * Files of rendered ConfigMaps and Secrets that a container mounts under one directory and is told to read in
 * another, where it mounts nothing. What its image has there is not known: so only a file that is mounted, and that
 * nothing else in the container names, is one that was meant.
 */
export function* misplacedFiles(workload: Workload, index: ManifestIndex): Generator<MisplacedFile> {
  let contents: ReadonlyMap<string, VolumeContent> | undefined;
  for (const { container, path } of containersOf(workload)) {
    const texts = textsOf(container, path);
    const named = texts.flatMap((text) => {
      const file = NAMED_FILE.exec(text.text)?.[1];
      return file === undefined ? [] : [{ file, path: text.path }];
    });
    const mounts = objectsIn(container.volumeMounts);
    if (named.length === 0 || mounts.length === 0) continue;
    const directories = mounts.map((mount) => (stringAt(mount, "mountPath") ?? "").replace(/\/+$/, ""));
    const unmounted = named.filter(
      ({ file }) => !directories.some((directory) => file === directory || file.startsWith(`${directory}/`)),
    );
    if (unmounted.length === 0) continue;
    contents ??= volumeContents(workload, index);
    const files = mountedFilesOf(container, contents);
    for (const { file, path: place } of unmounted) {
      const found = files.find((mounted) => file.endsWith(`/${mounted.file}`));
      if (found === undefined || isNamed(found, texts, files)) continue;
      const mounted = `${found.directory}/${found.file}`;
      yield { path: place, named: file, mounted, holder: found.holder };
    }
  }
}

function textsOf(container: Container, path: string): readonly { text: string; path: string }[] {
  return [
    ...["command", "args"].flatMap((field) =>
      stringsIn(container[field]).map((text, position) => ({ text, path: `${path}.${field}[${position}]` })),
    ),
    ...objectsIn(container.env).map((variable, position) => ({
      text: stringAt(variable, "value") ?? "",
      path: `${path}.env[${position}].value`,
    })),
  ];
}

function mountedFilesOf(
  container: Container,
  contents: ReadonlyMap<string, VolumeContent>,
): readonly MountedFile[] {
  return objectsIn(container.volumeMounts).flatMap((mount) => {
    const content = contents.get(stringAt(mount, "name") ?? "");
    if (content === undefined || mount.subPathExpr !== undefined) return [];
    const mountPath = (stringAt(mount, "mountPath") ?? "").replace(/\/+$/, "");
    const { holder } = content;
    if ((stringAt(mount, "subPath") ?? "") === "")
      return [...content.files].map((file) => ({ file, directory: mountPath, holder }));
    const slash = mountPath.lastIndexOf("/");
    return [{ file: mountPath.slice(slash + 1), directory: mountPath.slice(0, slash), holder }];
  });
}

/** Whether the container, or a file that it mounts, names the directory: then the file is read from there. */
function isNamed(
  { directory }: MountedFile,
  texts: readonly { readonly text: string }[],
  files: readonly MountedFile[],
): boolean {
  const holders = new Set(files.map(({ holder }) => holder));
  const embedded = [...holders].flatMap(({ object }) => [
    ...Object.values(object.data ?? {}),
    ...Object.values(object.stringData ?? {}),
  ]);
  return [...texts.map(({ text }) => text), ...embedded].some(
    (text) => typeof text === "string" && namesDirectory(text, directory),
  );
}

/** As a whole name: `/etc/web` and `/etc/web/a`, not `/etc/webb`. */
function namesDirectory(text: string, directory: string): boolean {
  for (let at = text.indexOf(directory); at !== -1; at = text.indexOf(directory, at + 1)) {
    if (!/[\w.-]/.test(text.charAt(at + directory.length))) return true;
  }
  return false;
}
