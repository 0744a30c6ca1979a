import type { Manifest } from "../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectAt, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import { type Container, containersOf, type Workload } from "../manifest/workload.ts";

/** A text that a container is given: an environment variable, an argument or a file of a ConfigMap. */
export interface PodText {
  readonly text: string;
  /** The variable's name; undefined for arguments and files. */
  readonly variable: string | undefined;
  /** Variables of the same container, to find the port that belongs to a host. */
  readonly siblings: ReadonlyMap<string, string>;
  /** The object that holds the text: the workload or a ConfigMap. */
  readonly manifest: Manifest;
  readonly path: string;
}

const NO_SIBLINGS: ReadonlyMap<string, string> = new Map();

/** Every text that the containers of a workload are given by its own rendering; Secrets are not rendered. */
export function textsOf(workload: Workload, index: ManifestIndex): PodText[] {
  const namespace = workload.manifest.namespace;
  const configMap = (name: string | undefined): Manifest | undefined =>
    name === undefined ? undefined : index.find("", "ConfigMap", namespace, name);
  const inContainers = containersOf(workload).flatMap(({ container, path }) => [
    ...environment(workload, container, path, configMap),
    ...["command", "args"].flatMap((field) =>
      stringsIn(container[field]).map((text, position) => ({
        text,
        variable: undefined,
        siblings: NO_SIBLINGS,
        manifest: workload.manifest,
        path: `${path}.${field}[${position}]`,
      })),
    ),
  ]);
  const inVolumes = objectsIn(workload.podSpec.volumes).flatMap((volume) =>
    [volume, ...objectsIn(at(volume, "projected", "sources"))].flatMap((source) => {
      const items = objectsIn(at(source, "configMap", "items")).flatMap(
        (item) => stringAt(item, "key") ?? [],
      );
      const name = stringAt(source, "configMap", "name");
      return entriesOf(configMap(name)).filter(({ key }) => items.length === 0 || items.includes(key));
    }),
  );
  return [
    ...inContainers,
    ...inVolumes.map(({ text, path, manifest }) => ({
      text,
      path,
      manifest,
      variable: undefined,
      siblings: NO_SIBLINGS,
    })),
  ];
}

interface ConfigEntry {
  readonly key: string;
  readonly text: string;
  readonly manifest: Manifest;
  readonly path: string;
}

function entriesOf(configMap: Manifest | undefined): ConfigEntry[] {
  if (configMap === undefined) return [];
  return Object.entries(objectAt(configMap.object, "data") ?? {}).flatMap(([key, text]) =>
    typeof text === "string" ? [{ key, text, manifest: configMap, path: `data["${key}"]` }] : [],
  );
}

function environment(
  workload: Workload,
  container: Container,
  path: string,
  configMap: (name: string | undefined) => Manifest | undefined,
): PodText[] {
  const siblings = new Map<string, string>();
  const found: Omit<PodText, "siblings">[] = [];
  for (const source of objectsIn(container.envFrom)) {
    const prefix = stringAt(source, "prefix") ?? "";
    for (const entry of entriesOf(configMap(stringAt(source, "configMapRef", "name")))) {
      siblings.set(`${prefix}${entry.key}`, entry.text);
      found.push({
        text: entry.text,
        variable: `${prefix}${entry.key}`,
        manifest: entry.manifest,
        path: entry.path,
      });
    }
  }
  for (const [position, variable] of objectsIn(container.env).entries()) {
    const name = stringAt(variable, "name") ?? "";
    const reference = objectAt(variable, "valueFrom", "configMapKeyRef");
    const entry = entriesOf(configMap(stringAt(reference, "name"))).find(
      ({ key }) => key === stringAt(reference, "key"),
    );
    const value = stringAt(variable, "value");
    const text = value === undefined ? entry?.text : expand(value, siblings);
    if (text === undefined) continue;
    siblings.set(name, text);
    const manifest = value === undefined && entry !== undefined ? entry.manifest : workload.manifest;
    const where = value === undefined && entry !== undefined ? entry.path : `${path}.env[${position}].value`;
    found.push({ text, variable: name, manifest, path: where });
  }
  return found.map((text) => ({ ...text, siblings }));
}

/** `$(NAME)` of variables defined before, as the kubelet replaces them. */
function expand(value: string, variables: ReadonlyMap<string, string>): string {
  return value.replaceAll(/\$\(([^()]+)\)/g, (whole, name: string) => variables.get(name) ?? whole);
}
