import { isObject, type JsonObject } from "../manifest/values.ts";
import { nearest } from "../nearest.ts";
import { fieldPath } from "./field-path.ts";
import { plainText } from "./plain-text.ts";
import type { StructuralSchema, Violation, ViolationCode } from "./structural-schema.ts";
import { isConstrained, typeProblem, type ValueProblem, valueProblems } from "./validate-value.ts";

/** How the API server reads a kind. */
export interface ValidationSettings {
  /** Resolves a `$ref`. */
  readonly definitions: Readonly<Record<string, StructuralSchema>>;
  /**
   * `decoded`: Kubernetes' own types, read by Go's decoder: a null is the field's zero value, and an empty
   * string is an enumeration's default. `schema`: custom resources, whose schema is all there is.
   */
  readonly reading: "decoded" | "schema";
  /** Fields that every embedded object has beside its schema's own: apiVersion, kind and metadata. */
  readonly objectFields: Readonly<Record<string, StructuralSchema>>;
}

const NO_FIELDS: Readonly<Record<string, StructuralSchema>> = {};

/** Everything in which a value departs from its schema, in field order. */
export function validateStructure(
  value: unknown,
  schema: StructuralSchema,
  settings: ValidationSettings,
): Violation[] {
  return walkFrom(value, schema, settings, [], false);
}

/** `valuesOnly`: a part of allOf, anyOf, oneOf or not, which says nothing about the fields it does not name. */
function walkFrom(
  value: unknown,
  schema: StructuralSchema,
  settings: ValidationSettings,
  start: readonly (string | number)[],
  valuesOnly: boolean,
): Violation[] {
  const violations: Violation[] = [];
  // The path as keys: joined only when there is something to report, as most values are right.
  const trail = [...start];
  walk(value, schema);
  return violations;

  function walk(current: unknown, unresolved: StructuralSchema): void {
    const node = resolve(unresolved, settings);
    const mistyped = typeProblem(node, current);
    if (mistyped !== undefined) {
      report("wrong-type", mistyped);
      return;
    }
    if (isConstrained(node) && !(settings.reading === "decoded" && current === "")) {
      for (const problem of valueProblems(node, current)) report("invalid-value", problem);
    }
    if (Array.isArray(current)) walkItems(current, node);
    else if (isObject(current)) walkFields(current, node);
    if (hasAlternatives(node)) walkAlternatives(current, node);
  }

  function walkChild(key: string | number, child: unknown, node: StructuralSchema): void {
    trail.push(key);
    walk(child, node);
    trail.pop();
  }

  function walkFields(current: JsonObject, node: StructuralSchema): void {
    const embedded = node["x-kubernetes-embedded-resource"] === true ? settings.objectFields : NO_FIELDS;
    const properties = node.properties ?? NO_FIELDS;
    for (const key of Object.keys(current)) {
      const child = current[key];
      const property = own(properties, key) ?? own(embedded, key);
      if (property !== undefined) {
        if (child !== null) walkChild(key, child, property);
      } else if (typeof node.additionalProperties === "object") {
        if (child !== null) walkChild(key, child, node.additionalProperties);
      } else if (!valuesOnly && isClosed(node, settings)) {
        reportUnknown(key, [...Object.keys(properties), ...Object.keys(embedded)]);
      }
    }
    for (const key of node.required ?? []) {
      if (current[key] !== undefined && current[key] !== null) continue;
      if (own(properties, key)?.default !== undefined) continue;
      report("missing-field", { message: "is required and missing", limit: key, fix: `Add ${key}.` }, key);
    }
  }

  function walkItems(current: readonly unknown[], node: StructuralSchema): void {
    const { items } = node;
    if (items === undefined) return;
    current.forEach((item, position) => {
      if (item !== null) walkChild(position, item, items);
      else if (settings.reading === "schema") {
        if (resolve(items, settings).nullable !== true) walkChild(position, item, items);
      } else if (resolve(items, settings).type === "object") walkChild(position, {}, items);
    });
    reportDuplicates(current, node);
  }

  function walkAlternatives(current: unknown, node: StructuralSchema): void {
    for (const part of node.allOf ?? []) violations.push(...walkFrom(current, part, settings, trail, true));
    const admits = (part: StructuralSchema): boolean =>
      walkFrom(current, part, settings, trail, true).length === 0;
    const fix = "Write what the schema describes.";
    if (node.anyOf !== undefined && node["x-kubernetes-int-or-string"] !== true && !node.anyOf.some(admits)) {
      report("invalid-value", { message: `matches none of ${node.anyOf.length} alternatives`, fix });
    }
    if (node.oneOf !== undefined) {
      const matching = node.oneOf.filter(admits).length;
      const message = `matches ${matching} of ${node.oneOf.length} alternatives, of which exactly one may hold`;
      if (matching !== 1) report("invalid-value", { message, actual: matching, limit: 1, fix });
    }
    if (node.not !== undefined && admits(node.not)) {
      report("invalid-value", { message: "is a value that the schema excludes", fix });
    }
  }

  function reportDuplicates(current: readonly unknown[], node: StructuralSchema): void {
    const keys = node["x-kubernetes-list-map-keys"];
    const isSet = node["x-kubernetes-list-type"] === "set" || node.uniqueItems === true;
    if ((keys === undefined && !isSet) || current.length < 2) return;
    const itemProperties = node.items === undefined ? undefined : resolve(node.items, settings).properties;
    const first = new Map<string, number>();
    current.forEach((item, position) => {
      const identity =
        keys === undefined
          ? JSON.stringify(item)
          : keys.map((key) => `${key} ${plainText(fieldOrDefault(item, key, itemProperties))}`).join(", ");
      const earlier = first.get(identity);
      if (earlier === undefined) {
        first.set(identity, position);
        return;
      }
      const message = `repeats ${identity} of ${fieldPath(pathOf(trail), earlier)}`;
      const fix = "Keep one of the two, or give the other another key.";
      report("duplicate-entry", { message, actual: identity, fix }, position);
    });
  }

  function reportUnknown(key: string, known: readonly string[]): void {
    const near = nearest(key, known);
    const hint = near === undefined ? "" : `; the nearest is ${near}`;
    const list = known.length === 0 ? "Remove it." : `Remove it, or use one of: ${known.join(", ")}.`;
    const fix = near === undefined ? list : `Rename it to ${near}.`;
    report(
      "unknown-field",
      { message: `is no field of this kind${hint}`, actual: key, limit: near, fix },
      key,
    );
  }

  function report(
    code: ViolationCode,
    { message, actual, limit, fix }: ValueProblem,
    ...child: readonly (string | number)[]
  ): void {
    violations.push({ code, path: pathOf([...trail, ...child]), message, actual, limit, fix });
  }
}

function pathOf(trail: readonly (string | number)[]): string {
  return trail.reduce<string>(fieldPath, "");
}

function resolve(schema: StructuralSchema, settings: ValidationSettings): StructuralSchema {
  return schema.$ref === undefined ? schema : (settings.definitions[schema.$ref] ?? {});
}

function own(
  properties: Readonly<Record<string, StructuralSchema>>,
  key: string,
): StructuralSchema | undefined {
  return Object.hasOwn(properties, key) ? properties[key] : undefined;
}

/** A node whose fields are listed: any other field is dropped by the server, or refused when it is strict. */
function isClosed(node: StructuralSchema, { reading }: ValidationSettings): boolean {
  return (
    node["x-kubernetes-preserve-unknown-fields"] !== true &&
    (node.additionalProperties === undefined || node.additionalProperties === false) &&
    (node.properties !== undefined || (reading === "schema" && node.type === "object"))
  );
}

function hasAlternatives({ allOf, anyOf, oneOf, not }: StructuralSchema): boolean {
  return allOf !== undefined || anyOf !== undefined || oneOf !== undefined || not !== undefined;
}

function fieldOrDefault(
  item: unknown,
  key: string,
  properties: Readonly<Record<string, StructuralSchema>> | undefined,
): unknown {
  const value = isObject(item) ? item[key] : undefined;
  return value ?? properties?.[key]?.default;
}
