import type { Manifest } from "../manifest/kubernetes-object.ts";
import { objectAt } from "../manifest/values.ts";

/**
 * Annotations as Argo CD sees them: a single value that is not a string makes it see none at all, and null
 * counts as an empty string (apimachinery v0.36.3, `NestedNullCoercingStringMap`).
 */
export function annotationsOf(manifest: Manifest): ReadonlyMap<string, string> {
  const annotations = new Map<string, string>();
  for (const [key, value] of Object.entries(objectAt(manifest.object, "metadata", "annotations") ?? {})) {
    if (typeof value !== "string" && value !== null) return new Map();
    annotations.set(key, value ?? "");
  }
  return annotations;
}

/** The distinct, trimmed items of a comma-separated annotation; empty when it is absent. */
export function annotationItems(annotations: ReadonlyMap<string, string>, key: string): readonly string[] {
  const items = (annotations.get(key) ?? "").split(",").map((item) => item.trim());
  return [...new Set(items.filter((item) => item !== ""))];
}
