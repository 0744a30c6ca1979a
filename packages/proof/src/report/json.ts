import type { Proof } from "../proof.ts";

/** The documented JSON (schemas/proof.schema.json): an object for one profile, a list for several. */
export function jsonReport(proofs: readonly Proof[]): string {
  return `${JSON.stringify(proofs.length === 1 ? proofs[0] : proofs, undefined, 2)}\n`;
}
