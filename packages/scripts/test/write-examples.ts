import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import type { PageExample } from "./markdown-page.ts";
import type { RepositoryCopy } from "./repository-copy.ts";

/** Does one of a page's edits to a copy of the repository: writes a new file, or adds to one. */
export function writeExample(copy: RepositoryCopy, { mode, path, text }: PageExample): void {
  if (mode === "create") {
    if (existsSync(join(copy.root, path))) throw new Error(`${path} is there already`);
    mkdirSync(dirname(join(copy.root, path)), { recursive: true });
    copy.write(path, text);
  } else if (/\.ya?ml$/.test(path)) copy.write(path, mergeYaml(copy.read(path), text));
  else if (path.endsWith(".json")) {
    const merged = mergeJson(JSON.parse(copy.read(path)), JSON.parse(text));
    copy.write(path, `${JSON.stringify(merged, undefined, 2)}\n`);
  } else copy.write(path, `${copy.read(path)}\n${text}`);
}

/** Keys of `addition` in their places of `text`, with their comments. */
function mergeYaml(text: string, addition: string): string {
  const document = parseDocument(text);
  const added = parseDocument(addition);
  if (!isMap(document.contents) || !isMap(added.contents)) throw new Error("both are maps");
  const [first] = added.contents.items;
  // A comment above the first key is read as the map's.
  if (isScalar(first?.key)) first.key.commentBefore ??= added.contents.commentBefore ?? added.commentBefore;
  mergeMaps(document.contents, added.contents);
  return document.toString({ lineWidth: 0 });
}

function mergeMaps(into: YAMLMap, added: YAMLMap): void {
  for (const pair of added.items) {
    const there = into.get(pair.key, true);
    if (isMap(there) && isMap(pair.value)) mergeMaps(there, pair.value);
    else if (there === undefined) into.items.push(pair);
    else into.set(pair.key, pair.value);
  }
}

function mergeJson(into: unknown, added: unknown): unknown {
  if (Array.isArray(into) && Array.isArray(added)) return [...into, ...added];
  if (!isRecord(into) || !isRecord(added)) return added;
  const merged = Object.entries(added).map(([key, value]) => [
    key,
    Object.hasOwn(into, key) ? mergeJson(into[key], value) : value,
  ]);
  return { ...into, ...Object.fromEntries(merged) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
