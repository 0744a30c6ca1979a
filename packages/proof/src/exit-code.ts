import type { Proof } from "./proof.ts";

/** What the process ends with; 2 is reserved for bad input and missing tools. */
export const EXIT = { proven: 0, findings: 1, badInput: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** 0 when nothing of severity error was found: warnings and unchecked entries do not fail a proof. */
export function exitCodeOf(proof: Pick<Proof, "findings">): ExitCode {
  return proof.findings.some((finding) => finding.severity === "error") ? EXIT.findings : EXIT.proven;
}
