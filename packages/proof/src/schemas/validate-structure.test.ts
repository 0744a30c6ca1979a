import { describe, expect, test } from "@jest/globals";
import type { StructuralSchema } from "./structural-schema.ts";
import { type ValidationSettings, validateStructure } from "./validate-structure.ts";

const SETTINGS = {
  definitions: {
    item: {
      type: "object",
      required: ["name"],
      properties: { name: { type: "string" }, protocol: { type: "string", default: "TCP" } },
    },
  },
  objectFields: { apiVersion: { type: "string" }, kind: { type: "string" }, metadata: { type: "object" } },
} satisfies Partial<ValidationSettings>;

function findings(
  reading: ValidationSettings["reading"],
  schema: StructuralSchema,
  value: unknown,
): string[] {
  return validateStructure(value, schema, { ...SETTINGS, reading }).map(
    ({ code, path }) => `${code} ${path}`,
  );
}

const list: StructuralSchema = {
  type: "array",
  items: { $ref: "item" },
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["name", "protocol"],
};

describe("validateStructure", () => {
  test.each<[string, StructuralSchema, unknown, string[]]>([
    ["an integer written as a float", { type: "integer" }, 2.0, []],
    ["a float", { type: "integer" }, 2.5, ["wrong-type "]],
    ["an integer where a number may be", { type: "number" }, 2, []],
    ["a quantity as a number", { format: "quantity" }, 0.5, []],
    ["a quantity as a list", { format: "quantity" }, [], ["wrong-type "]],
    ["no quantity", { format: "quantity" }, "1 Gi", ["invalid-value "]],
    ["a port by name", { "x-kubernetes-int-or-string": true }, "http", []],
    ["a port as a boolean", { "x-kubernetes-int-or-string": true }, true, ["wrong-type "]],
    ["an integer beyond 32 bits", { type: "integer", format: "int32" }, 2 ** 40, ["invalid-value "]],
    ["a local time", { type: "string", format: "date-time" }, "2026-01-01", ["invalid-value "]],
    ["base64 with line breaks", { type: "string", format: "byte" }, "YWJj\nZGVm\n", []],
    [
      "a key with a dot",
      { type: "object", additionalProperties: { type: "string" } },
      { "a.b": 1 },
      ['wrong-type ["a.b"]'],
    ],
    ["the same key with another default key", list, [{ name: "a" }, { name: "a", protocol: "UDP" }], []],
    [
      "the same key by default",
      list,
      [{ name: "a" }, { name: "a", protocol: "TCP" }],
      ["duplicate-entry [1]"],
    ],
    [
      "a set",
      { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
      ["a", "a"],
      ["duplicate-entry [1]"],
    ],
  ])("%s", (_, schema, value, expected) => {
    expect(findings("decoded", schema, value)).toEqual(expected);
  });

  test("reads null as Go's decoder does: absent as a field, a zero value in a list", () => {
    const schema = { type: "object", properties: { a: { type: "string" }, items: list } };
    expect(findings("decoded", schema, { a: null, items: null })).toEqual([]);
    expect(findings("decoded", schema, { items: [null] })).toEqual(["missing-field items[0].name"]);
    expect(findings("decoded", { type: "array", items: { type: "string" } }, [null])).toEqual([]);
    expect(findings("schema", { type: "array", items: { type: "string" } }, [null])).toEqual([
      "wrong-type [0]",
    ]);
  });

  test("an empty string is an enumeration's default for Kubernetes' own kinds only", () => {
    expect(findings("decoded", { type: "string", enum: ["a"] }, "")).toEqual([]);
    expect(findings("schema", { type: "string", enum: ["a"] }, "")).toEqual(["invalid-value "]);
  });

  test("a custom resource's object without fields keeps none", () => {
    expect(findings("schema", { type: "object" }, { a: 1 })).toEqual(["unknown-field a"]);
    const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    expect(findings("schema", open, { a: 1 })).toEqual([]);
    expect(findings("schema", { ...open, "x-kubernetes-embedded-resource": true }, { kind: 1 })).toEqual([
      "wrong-type kind",
    ]);
  });

  test.each<[string, StructuralSchema, unknown, string[]]>([
    ["anyOf", { anyOf: [{ required: ["a"] }, { required: ["b"] }] }, {}, ["invalid-value "]],
    ["anyOf that holds", { anyOf: [{ required: ["a"] }, { required: ["b"] }] }, { b: 1 }, []],
    [
      "oneOf twice",
      { oneOf: [{ required: ["a"] }, { required: ["b"] }] },
      { a: 1, b: 1 },
      ["invalid-value "],
    ],
    ["not", { not: { required: ["a"] } }, { a: 1 }, ["invalid-value "]],
    ["allOf", { allOf: [{ properties: { a: { maximum: 2 } } }] }, { a: 3 }, ["invalid-value a"]],
  ])("%s constrains values, not fields", (_, part, value, expected) => {
    const schema = { type: "object", properties: { a: {}, b: {} }, ...part };
    expect(findings("schema", schema, value)).toEqual(expected);
  });

  test.each<[StructuralSchema, unknown]>([
    [{ type: "string", pattern: "^[a-z]+$" }, "A"],
    [{ type: "string", minLength: 2 }, "a"],
    [{ type: "string", maxLength: 1 }, "ab"],
    [{ type: "integer", minimum: 1, exclusiveMinimum: true }, 1],
    [{ type: "integer", maximum: 1 }, 2],
    [{ type: "integer", multipleOf: 2 }, 3],
    [{ type: "array", maxItems: 1 }, [1, 2]],
    [{ type: "object", minProperties: 1, additionalProperties: true }, {}],
  ])("%j refuses %j", (schema, value) => {
    expect(findings("schema", schema, value)).toEqual(["invalid-value "]);
  });

  test("a pattern that JavaScript cannot read refuses nothing", () => {
    expect(findings("schema", { type: "string", pattern: "(?i)a" }, "b")).toEqual([]);
  });
});
