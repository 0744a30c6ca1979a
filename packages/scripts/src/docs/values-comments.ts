import { InputError } from "@t495/proof/errors";
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";

/** One row of a chart's reference table. */
export interface DocumentedValue {
  /** Dotted path: `postgresql.backup.schedule`. */
  readonly path: string;
  readonly type: string;
  /** As flow YAML; a long one is replaced by a pointer to the file. */
  readonly default: string;
  readonly description: string;
}

/** A leaf that neither carries a `# -- ` comment nor stands below a key that does. */
export interface UndocumentedValue {
  readonly path: string;
  readonly line: number;
}

const LONGEST_DEFAULT = 60;

/**
 * Reads the `# -- ` comments of a values file. A comment documents its key and, unless keys below have comments
 * of their own, everything below it.
 *
 * @throws InputError for broken YAML and for a key that stands twice, with the line of `file`.
 */
export function documentValues(
  text: string,
  file: string,
): {
  readonly rows: readonly DocumentedValue[];
  readonly undocumented: readonly UndocumentedValue[];
} {
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    throw new InputError({
      what: mistake.message.replace(/ at line \d+, column \d+:[\s\S]*$/, ""),
      where: `${file}:${mistake.linePos?.[0].line ?? 1}`,
      fix: "mend the YAML at that line",
      cause: mistake,
    });
  }
  const rows: DocumentedValue[] = [];
  const undocumented: UndocumentedValue[] = [];
  if (!isMap(document.contents)) return { rows, undocumented };

  const visit = (map: YAMLMap, parents: readonly string[], covered: boolean): void => {
    map.items.forEach((pair, at) => {
      const path = [...parents, keyOf(pair)];
      const description = descriptionOf(pair, at === 0 ? (map.commentBefore ?? "") : "");
      const nested = isMap(pair.value) && pair.value.items.length > 0 ? pair.value : undefined;
      if (description !== undefined) {
        const value = document.getIn(path, true);
        rows.push({
          path: path.join("."),
          type: typeOf(pair.value),
          default: nested !== undefined && hasComments(nested) ? "" : flow(value),
          description,
        });
      } else if (!covered && nested === undefined) {
        const range = isScalar(pair.key) ? pair.key.range : undefined;
        undocumented.push({ path: path.join("."), line: lineOf(text, range?.[0] ?? 0) });
      }
      if (nested !== undefined) visit(nested, path, covered || description !== undefined);
    });
  };
  visit(document.contents, [], false);
  return { rows, undocumented };
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** The text after the last `# -- ` above a key; its further comment lines continue it. */
function descriptionOf(pair: Pair, mapComment: string): string | undefined {
  const own = isScalar(pair.key) ? (pair.key.commentBefore ?? "") : "";
  const comment = own === "" ? mapComment : own;
  const start = comment.lastIndexOf(" -- ");
  if (start === -1) return undefined;
  return comment
    .slice(start + 4)
    .split("\n")
    .map((line) => line.trim())
    .join(" ")
    .trim();
}

function hasComments(map: YAMLMap): boolean {
  return map.items.some(
    (pair, at) =>
      descriptionOf(pair, at === 0 ? (map.commentBefore ?? "") : "") !== undefined ||
      (isMap(pair.value) && hasComments(pair.value)),
  );
}

function typeOf(value: unknown): string {
  if (isMap(value)) return "object";
  if (isScalar(value)) {
    if (typeof value.value === "number") return Number.isInteger(value.value) ? "integer" : "number";
    return typeof value.value;
  }
  return "list";
}

function flow(value: unknown): string {
  const plain = JSON.stringify((value as { toJSON(): unknown } | undefined)?.toJSON() ?? null);
  return plain.length > LONGEST_DEFAULT ? "see values.yaml" : plain;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
