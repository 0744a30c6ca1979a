import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";

const SCHEMAS = join(import.meta.dirname, "../schemas");

/**
 * What is wrong with the configuration of a program that cannot be had here, by the schema of its documentation: one
 * sentence with its path for each mistake.
 *
 * @param name of the file in schemas/, without its ending
 */
export function mistakesIn(name: string, configuration: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), "utf8")) as object;
  const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema);
  if (validate(configuration)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, ...Object.values(params).map((value) => JSON.stringify(value))].join(" "),
  );
}
