import { globalJsonSchema } from "@t495/proof";

type JsonSchema = { [key: string]: unknown; properties?: Record<string, unknown> };

/** The dependency on the library adds this key to a chart's values. */
const LIBRARY_KEY = { "platform-library": { type: "object" } };

/**
 * A layer chart's `values.schema.json`. The umbrella's schema judges the plan; repeating it here would make every
 * rendering compile it once more for each layer.
 */
export function layerSchema(schema: JsonSchema): JsonSchema {
  return withGlobal(schema, { type: "object", description: "The plan; the umbrella's schema describes it." });
}

/**
 * The umbrella's: with descriptions, for editors, and every key that its own `global` sets required. A profile
 * that says `null` deletes the key for the umbrella's templates, but Helm keeps the default for the subcharts:
 * the two would render different platforms (seen with Helm 4.2.1).
 */
export function umbrellaSchema(schema: JsonSchema, global: unknown): JsonSchema {
  return withGlobal(schema, { ...globalJsonSchema(), allOf: [everyKeyOf(global)] });
}

function withGlobal(schema: JsonSchema, global: JsonSchema): JsonSchema {
  return { ...schema, properties: { ...schema.properties, global, ...LIBRARY_KEY } };
}

function everyKeyOf(value: unknown): JsonSchema {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  const nested = Object.entries(value)
    .map(([key, child]) => [key, everyKeyOf(child)] as const)
    .filter(([, child]) => Object.keys(child).length > 0);
  const keys = Object.keys(value);
  return {
    ...(keys.length > 0 && { required: keys }),
    ...(nested.length > 0 && { properties: Object.fromEntries(nested) }),
  };
}
