import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, isObject, objectsIn, stringAt, stringsIn } from "../../manifest/values.ts";
import type { Container, PodSpec } from "../../manifest/workload.ts";

/** What a program is told about memory. */
export interface MemorySetting {
  /** As people know it: `GOMEMLIMIT`, `-Xmx`, `maxmemory`. */
  readonly name: string;
  readonly value: string;
  /** Undefined when the value cannot be read. */
  readonly bytes: number | undefined;
  /** Field of the container, or the ConfigMap, that holds it. */
  readonly where: string;
  /** Whether the program needs more beside it, so that the whole limit is already too much. */
  readonly leavesRoom: boolean;
}

/** Everything that can hold a setting of one container. */
export interface ContainerTexts {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string; readonly where: string }[];
  /** Command and arguments, one word each; a shell script is one word. */
  readonly words: readonly string[];
  /** Files from mounted ConfigMaps. */
  readonly files: readonly { readonly name: string; readonly text: string; readonly where: string }[];
}

const POWERS = ["", "k", "m", "g", "t"];

/** Collects a container's texts; a ConfigMap that is not in the rendering is left out. */
export function textsOf(
  container: Container,
  podSpec: PodSpec,
  namespace: string | undefined,
  index: ManifestIndex,
): ContainerTexts {
  const env = objectsIn(container.env).flatMap((entry, position) => {
    const name = stringAt(entry, "name");
    const value = stringAt(entry, "value");
    return name === undefined || value === undefined
      ? []
      : [{ name, value, where: `env[${position}].value` }];
  });
  const mounted = new Set(objectsIn(container.volumeMounts).map((mount) => stringAt(mount, "name")));
  const files = objectsIn(podSpec.volumes)
    .filter((volume) => mounted.has(stringAt(volume, "name")))
    .flatMap((volume) => [
      at(volume, "configMap"),
      ...objectsIn(at(volume, "projected", "sources")).map((source) => at(source, "configMap")),
    ])
    .map((source) => stringAt(source, "name"))
    .flatMap((name) => {
      const data = name === undefined ? undefined : index.find("", "ConfigMap", namespace, name)?.object.data;
      if (!isObject(data)) return [];
      return Object.entries(data).flatMap(([file, text]) =>
        typeof text === "string" ? [{ name: file, text, where: `ConfigMap ${name}, ${file}` }] : [],
      );
    });
  return {
    image: typeof container.image === "string" ? container.image : "",
    env,
    words: [...stringsIn(container.command), ...stringsIn(container.args)],
    files,
  };
}

/**
 * A number with a unit, every unit a power of 1024 whatever its spelling (`512m`, `1gb`, `256MB`, `1GiB`).
 * @returns undefined for other texts
 */
export function binarySize(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  return parts === null ? undefined : sizeOf(parts[1] ?? "", parts[2] ?? "", 1024);
}

/** A number times a power of 1000 or 1024; undefined beyond what a machine can have. */
export function sizeOf(number: string, unit: string, base: 1000 | 1024): number | undefined {
  const size = Math.ceil(Number(number) * base ** POWERS.indexOf(unit.toLowerCase()));
  return Number.isSafeInteger(size) ? size : undefined;
}

/** The first group of the last match: programs take the last of several settings. */
export function lastMatch(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1];
}
