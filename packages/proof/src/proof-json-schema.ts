import * as z from "zod";
import { proofSchema } from "./proof.ts";

/** The JSON Schema (draft 2020-12) of a proof, as committed in `schemas/proof.schema.json`. */
export function proofJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(proofSchema);
}
