import { at, isObject, objectAt, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";

export type Labels = Readonly<Record<string, string>>;

/** The API server puts it on every Namespace, with the name as its value. */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";

/** The labels of a metadata block; values that are no strings (the API refuses them) are left out. */
export function labelsOf(metadata: unknown): Labels {
  return Object.fromEntries(
    Object.entries(objectAt(metadata, "labels") ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

/** The one namespace that a namespaceSelector can match, where it names it; nearly every selector does. */
export function namedNamespace(selector: unknown): string | undefined {
  return stringAt(objectAt(selector, "matchLabels"), NAMESPACE_NAME_LABEL);
}

/** True for `{}`: a selector that selects everything. */
export function selectsEverything(selector: unknown): boolean {
  return (
    isObject(selector) &&
    Object.keys(objectAt(selector, "matchLabels") ?? {}).length === 0 &&
    objectsIn(at(selector, "matchExpressions")).length === 0
  );
}

/** Whether a LabelSelector matches (apimachinery's LabelSelectorAsSelector, v0.36). */
export function matchesLabels(selector: unknown, labels: Labels): boolean {
  if (!isObject(selector)) return false;
  for (const [key, value] of Object.entries(objectAt(selector, "matchLabels") ?? {})) {
    if (!Object.hasOwn(labels, key) || labels[key] !== value) return false;
  }
  return objectsIn(at(selector, "matchExpressions")).every((expression) => {
    const key = stringAt(expression, "key") ?? "";
    const values = stringsIn(expression.values);
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (expression.operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      default:
        return false;
    }
  });
}
