import { bytes, parseQuantity } from "../../accounting/quantity.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, isObject, type JsonObject, objectsIn, stringAt, stringsIn } from "../../manifest/values.ts";
import type { Container, PodSpec } from "../../manifest/workload.ts";

/** What a program is told about memory. */
export interface MemorySetting {
  /** As people know it: `GOMEMLIMIT`, `-Xmx`, `maxmemory`. */
  readonly name: string;
  readonly value: string;
  /**
   * Undefined when the value is only known at run time; `unbounded` when the program takes all that it can
   * get; `refused` when it does not start with the value.
   */
  readonly bytes: number | "unbounded" | "refused" | undefined;
  /** Field of the container, or the ConfigMap, that holds it. */
  readonly where: string;
  /** Bytes of the limit that must stay free beside it: what the program takes and does not count. */
  readonly headroom: number;
}

/** Everything that can hold a setting of one container. */
export interface ContainerTexts {
  readonly image: string;
  /** Bytes of the container's memory limit. */
  readonly limit: number;
  readonly env: readonly { readonly name: string; readonly value: string; readonly where: string }[];
  /** Command and arguments, one word each; a shell script is one word. */
  readonly words: readonly string[];
  /** Whether it replaces the image's entrypoint. */
  readonly ownCommand: boolean;
  /** Files from mounted ConfigMaps. */
  readonly files: readonly { readonly name: string; readonly text: string; readonly where: string }[];
}

const POWERS = ["", "k", "m", "g", "t"];

/** How little may stay free where nobody can say how much the program needs beside its setting. */
export const SOME = 1;

/** Collects a container's texts; a ConfigMap that is not in the rendering is left out. */
export function textsOf(
  container: Container,
  podSpec: PodSpec,
  namespace: string | undefined,
  index: ManifestIndex,
  limit: number,
): ContainerTexts {
  const dataOf = (name: string | undefined): JsonObject => {
    const data = name === undefined ? undefined : index.find("", "ConfigMap", namespace, name)?.object.data;
    return isObject(data) ? data : {};
  };
  const mounted = new Set(objectsIn(container.volumeMounts).map((mount) => stringAt(mount, "name")));
  const files = objectsIn(podSpec.volumes)
    .filter((volume) => mounted.has(stringAt(volume, "name")))
    .flatMap((volume) => [
      at(volume, "configMap"),
      ...objectsIn(at(volume, "projected", "sources")).map((source) => at(source, "configMap")),
    ])
    .map((source) => stringAt(source, "name"))
    .flatMap((name) =>
      Object.entries(dataOf(name)).flatMap(([file, text]) =>
        typeof text === "string" ? [{ name: file, text, where: `ConfigMap ${name}, ${file}` }] : [],
      ),
    );
  return {
    image: typeof container.image === "string" ? container.image : "",
    limit,
    env: environmentOf(container, dataOf, limit),
    ownCommand: stringsIn(container.command).length > 0,
    words: [...stringsIn(container.command), ...stringsIn(container.args)],
    files,
  };
}

/** Variables as the kubelet sets them: the last one of a name counts, `env` after `envFrom`. */
function environmentOf(
  container: Container,
  dataOf: (configMap: string | undefined) => JsonObject,
  limit: number,
): ContainerTexts["env"] {
  const found = new Map<string, { value: string; where: string } | undefined>();
  for (const source of objectsIn(container.envFrom)) {
    const configMap = stringAt(source, "configMapRef", "name");
    const prefix = stringAt(source, "prefix") ?? "";
    for (const [key, value] of Object.entries(dataOf(configMap))) {
      if (typeof value === "string")
        found.set(prefix + key, { value, where: `ConfigMap ${configMap}, ${key}` });
    }
  }
  for (const [position, entry] of objectsIn(container.env).entries()) {
    const name = stringAt(entry, "name");
    if (name === undefined) continue;
    const configMap = stringAt(entry, "valueFrom", "configMapKeyRef", "name");
    const key = stringAt(entry, "valueFrom", "configMapKeyRef", "key") ?? "";
    const referred = stringAt(dataOf(configMap), key);
    const written = stringAt(entry, "value");
    const own = ownLimit(entry, container.name, limit);
    const value = written ?? own ?? referred;
    const field = `env[${position}].${written === undefined ? "valueFrom.resourceFieldRef" : "value"}`;
    const where = (written ?? own) === undefined ? `ConfigMap ${configMap}, ${key}` : field;
    // Another source's value is not known, but it replaces an earlier one.
    found.set(name, value === undefined ? undefined : { value, where });
  }
  return [...found].flatMap(([name, set]) => (set === undefined ? [] : [{ name, ...set }]));
}

/** The container's own memory limit, as the kubelet writes it into a variable: rounded up to the divisor. */
function ownLimit(entry: JsonObject, name: string, limit: number): string | undefined {
  const reference = at(entry, "valueFrom", "resourceFieldRef");
  if (at(reference, "resource") !== "limits.memory") return undefined;
  if (![undefined, "", name].includes(stringAt(reference, "containerName"))) return undefined;
  const divisor = bytes(parseQuantity(at(reference, "divisor") ?? "1") ?? 0n);
  return String(Math.ceil(limit / (divisor || 1)));
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
