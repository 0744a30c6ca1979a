import { InputError } from "../errors.ts";
import { fieldPath } from "../schemas/field-path.ts";
import { parseGoYaml } from "./go-yaml.ts";
import { type HelmSource, readHelmSource } from "./helm-source.ts";
import {
  apiGroup,
  type DuplicateKey,
  type KubernetesObject,
  type Manifest,
  type Source,
} from "./kubernetes-object.ts";
import type { RepeatedKey } from "./repeated-keys.ts";
import { type DocumentText, splitDocuments } from "./split-documents.ts";
import { isObject, type JsonObject } from "./values.ts";
import { describeOrigin, toYamlInputError } from "./yaml-error.ts";

/**
 * Parses a stream of YAML or JSON documents into manifests, in stream order, as Argo CD would: YAML as Go reads
 * it, Lists flattened, empty documents skipped. `file` is `-` for standard input.
 *
 * An object without a name is kept with an empty one: `valid-object` reports it with its place.
 *
 * @throws InputError for broken YAML and for documents that are no Kubernetes objects, with file, document,
 * line and column.
 */
export function parseManifests(text: string, file: string): Manifest[] {
  const manifests: Manifest[] = [];
  let number = 0;
  let previous: HelmSource | undefined;
  for (const part of splitDocuments(text)) {
    const helm = readHelmSource(part.text) ?? continuedCrds(previous);
    previous = helm;
    for (const { value, start, repeatedKeys } of readDocument(part, file, number + 1)) {
      number += 1;
      if (value === null) continue;
      const lineOf = (offset: number): number => part.line + linesBefore(part.text, offset);
      const source = { file, ...helm, document: number, line: lineOf(start ?? 0) };
      const repeated = repeatedKeys.map(({ path, start: offset }) => ({ path, line: lineOf(offset) }));
      collect({ value, source, repeated }, manifests);
    }
  }
  return manifests;
}

function readDocument(
  { text, line }: DocumentText,
  file: string,
  document: number,
): ReturnType<typeof parseGoYaml> {
  try {
    return parseGoYaml(text);
  } catch (error) {
    throw toYamlInputError(error, { file, document, line });
  }
}

/** Helm prints a file below `crds/` as it is, with one comment for all of its documents. */
function continuedCrds(previous: HelmSource | undefined): HelmSource | undefined {
  return previous?.template.startsWith("crds/") ? previous : undefined;
}

function linesBefore(text: string, offset: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

/** The type that the items of a typed list have when they do not state it. */
interface ItemType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A document, or an item of a List in it. */
interface Entry {
  readonly value: unknown;
  readonly source: Source;
  readonly itemType?: ItemType | undefined;
  readonly repeated: readonly RepeatedLine[];
}

/** A repeated key with the line of the stream that it stands on. */
interface RepeatedLine {
  readonly path: RepeatedKey["path"];
  readonly line: number;
}

function collect({ value, source, itemType, repeated }: Entry, manifests: Manifest[]): void {
  if (!isObject(value)) throw notAnObject(`a ${typeName(value)}`, source);
  const typed = itemType === undefined ? value : { ...itemType, ...value };
  const apiVersion = requireText(typed, "apiVersion", source);
  const kind = requireText(typed, "kind", source);
  if (kind.endsWith("List") && (Array.isArray(typed.items) || typed.items === null)) {
    const itemKind = kind.slice(0, -"List".length);
    const type = itemKind === "" ? undefined : { apiVersion, kind: itemKind };
    const items: readonly unknown[] = typed.items ?? [];
    for (const [position, item] of items.entries()) {
      collect({ value: item, source, itemType: type, repeated: belowItem(repeated, position) }, manifests);
    }
    return;
  }
  manifests.push({ ...toManifest(typed, apiVersion, kind, source), ...duplicateKeys(repeated) });
}

/** What an item's own keys repeat; the first item also stands for its List. */
function belowItem(repeated: readonly RepeatedLine[], position: number): readonly RepeatedLine[] {
  return repeated.flatMap((entry) => {
    const [field, at, ...path] = entry.path;
    if (field !== "items" || typeof at !== "number") return position === 0 ? [entry] : [];
    return at === position ? [{ path, line: entry.line }] : [];
  });
}

function duplicateKeys(repeated: readonly RepeatedLine[]): { readonly duplicateKeys?: DuplicateKey[] } {
  if (repeated.length === 0) return {};
  return {
    duplicateKeys: repeated.map(({ path, line }) => ({ path: path.reduce<string>(fieldPath, ""), line })),
  };
}

function toManifest(value: JsonObject, apiVersion: string, kind: string, source: Source): Manifest {
  const metadata = value.metadata ?? {};
  if (!isObject(metadata)) {
    throw notAnObject(`an object whose metadata is a ${typeName(metadata)}`, source);
  }
  const object = value.metadata === metadata ? value : { ...value, metadata };
  return {
    object: object as KubernetesObject,
    source,
    group: apiGroup(apiVersion),
    version: apiVersion.slice(apiVersion.indexOf("/") + 1),
    kind,
    name: textOf(metadata.name) ?? "",
    namespace: textOf(metadata.namespace) || undefined,
  };
}

/** A name that YAML made a number or boolean (`name: 123`) is still how people know the object. */
function textOf(value: unknown): string | undefined {
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}

function requireText(value: JsonObject, field: string, source: Source): string {
  const found = value[field];
  if (typeof found === "string" && found !== "") return found;
  const problem = found === undefined || found === null ? "is missing" : "is not a text";
  throw new InputError({
    what: `This is no Kubernetes object: ${field} ${problem}.`,
    where: placeOf(source),
    fix: `Give it apiVersion and kind, or leave the document out of the stream.`,
  });
}

function notAnObject(found: string, source: Source): InputError {
  return new InputError({
    what: `A Kubernetes object was expected, not ${found}.`,
    where: placeOf(source),
    fix: "Pass only manifests: one object, or a List of objects, in each document.",
  });
}

function placeOf(source: Source): string {
  const place = describeOrigin(source);
  return source.chart === undefined ? place : `${source.chart}/${source.template} (${place})`;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value === "string" ? "text" : typeof value;
}
