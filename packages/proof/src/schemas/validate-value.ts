import { formatMismatch } from "./formats.ts";
import { plainText } from "./plain-text.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/** What a single value, apart from its fields and items, breaks. */
export interface ValueProblem {
  readonly message: string;
  readonly actual?: string | number | undefined;
  readonly limit?: string | number | undefined;
  readonly fix: string;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a map of fields",
  array: "a list",
  string: "a string",
  integer: "an integer",
  number: "a number",
  boolean: "true or false",
};

/** `array`, `object`, `integer`, … as JSON Schema names the type of a parsed value. */
function typeOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && Number.isInteger(value)) return "integer";
  return typeof value === "bigint" ? "integer" : typeof value;
}

/** The type mismatch of a value, if any. */
export function typeProblem(schema: StructuralSchema, value: unknown): ValueProblem | undefined {
  const found = typeOf(value);
  if (schema["x-kubernetes-int-or-string"] === true) {
    return found === "integer" || found === "string" ? undefined : mismatch(value, "an integer or a string");
  }
  if (schema.type === undefined) {
    if (schema.format !== "quantity" || ["integer", "number", "string"].includes(found)) return undefined;
    return mismatch(value, "a quantity");
  }
  if (found === schema.type || (found === "integer" && schema.type === "number")) return undefined;
  return mismatch(value, TYPE_NAMES[schema.type] ?? schema.type);
}

function mismatch(value: unknown, expected: string): ValueProblem {
  const found = typeOf(value);
  const written = typeof value === "object" ? (TYPE_NAMES[found] ?? found) : shown(value);
  const quoting =
    expected === "a string" && typeof value !== "object"
      ? `Quote it: ${JSON.stringify(String(value))}.`
      : undefined;
  const unquoting =
    typeof value === "string" && /integer|number|true or false/.test(expected)
      ? `Write ${expected} without quotes.`
      : undefined;
  return {
    message: `is ${written} where ${expected} is expected`,
    actual: found,
    limit: expected,
    fix: quoting ?? unquoting ?? `Write ${expected}.`,
  };
}

const CONSTRAINTS: readonly (keyof StructuralSchema)[] = [
  "enum",
  "format",
  "pattern",
  "minimum",
  "maximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
];

const constrained = new WeakMap<StructuralSchema, boolean>();

/** Whether a schema asks anything of a value beside its type; most do not. */
export function isConstrained(schema: StructuralSchema): boolean {
  let known = constrained.get(schema);
  if (known === undefined) {
    known = CONSTRAINTS.some((keyword) => schema[keyword] !== undefined);
    constrained.set(schema, known);
  }
  return known;
}

/** Everything else that a value of the right type may break: enumeration, format, pattern, bounds. */
export function* valueProblems(schema: StructuralSchema, value: unknown): Generator<ValueProblem> {
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const allowed = schema.enum.filter((item) => item !== "").join(", ");
    yield {
      message: `is ${shown(value)}`,
      actual: plainText(value),
      limit: allowed,
      fix: `Use one of ${allowed}.`,
    };
  }
  if (typeof value === "string") yield* stringProblems(schema, value);
  if (typeof value === "number") yield* numberProblems(schema, value);
  if (Array.isArray(value)) yield* sizeProblems("items", value.length, schema.minItems, schema.maxItems);
  else if (typeof value === "object" && value !== null) {
    const size = Object.keys(value).length;
    yield* sizeProblems("entries", size, schema.minProperties, schema.maxProperties);
  }
}

function* stringProblems(schema: StructuralSchema, value: string): Generator<ValueProblem> {
  const expected = schema.format === undefined ? undefined : formatMismatch(schema.format, value);
  if (expected !== undefined) {
    yield {
      message: `is ${shown(value)}, not ${expected}`,
      actual: value,
      limit: expected,
      fix: `Write ${expected}.`,
    };
  }
  if (schema.pattern !== undefined && compiled(schema.pattern)?.test(value) === false) {
    yield {
      message: `is ${shown(value)}, which does not match ${schema.pattern}`,
      actual: value,
      limit: schema.pattern,
      fix: `Write a value that matches ${schema.pattern}.`,
    };
  }
  yield* sizeProblems("characters", [...value].length, schema.minLength, schema.maxLength);
}

function* numberProblems(schema: StructuralSchema, value: number): Generator<ValueProblem> {
  const expected = schema.format === undefined ? undefined : formatMismatch(schema.format, value);
  if (expected !== undefined) {
    yield {
      message: `is ${value}, not ${expected}`,
      actual: value,
      limit: expected,
      fix: `Write ${expected}.`,
    };
  }
  const { minimum, maximum, multipleOf } = schema;
  if (minimum !== undefined && (value < minimum || (schema.exclusiveMinimum === true && value === minimum))) {
    const bound = schema.exclusiveMinimum === true ? `more than ${minimum}` : `at least ${minimum}`;
    yield { message: `is ${value}, not ${bound}`, actual: value, limit: minimum, fix: `Use ${bound}.` };
  }
  if (maximum !== undefined && (value > maximum || (schema.exclusiveMaximum === true && value === maximum))) {
    const bound = schema.exclusiveMaximum === true ? `less than ${maximum}` : `at most ${maximum}`;
    yield { message: `is ${value}, not ${bound}`, actual: value, limit: maximum, fix: `Use ${bound}.` };
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) {
    const fix = `Use a multiple of ${multipleOf}.`;
    yield { message: `is ${value}, not a multiple of ${multipleOf}`, actual: value, limit: multipleOf, fix };
  }
}

function* sizeProblems(unit: string, size: number, least = 0, most = Infinity): Generator<ValueProblem> {
  if (size < least) {
    const fix = `Give it at least ${least} ${unit}.`;
    yield { message: `has ${size} ${unit}, fewer than ${least}`, actual: size, limit: least, fix };
  }
  if (size > most) {
    const fix = `Give it at most ${most} ${unit}.`;
    yield { message: `has ${size} ${unit}, more than ${most}`, actual: size, limit: most, fix };
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

const patterns = new Map<string, RegExp | undefined>();

/** Undefined for a pattern that JavaScript cannot read: Go's RE2 has a few constructs of its own. */
function compiled(pattern: string): RegExp | undefined {
  if (!patterns.has(pattern)) {
    let expression: RegExp | undefined;
    try {
      expression = new RegExp(pattern);
    } catch {
      expression = undefined;
    }
    patterns.set(pattern, expression);
  }
  return patterns.get(pattern);
}
