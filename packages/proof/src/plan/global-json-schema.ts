import { z } from "zod";
import { globalSchema } from "./plan.ts";

/** The JSON Schema of `global`, without the dialect, for embedding in a chart's `values.schema.json`. */
export function globalJsonSchema(): Record<string, unknown> {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(globalSchema) as Record<string, unknown>;
  return schema;
}
