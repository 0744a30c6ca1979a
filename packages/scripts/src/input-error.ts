import type { InputError } from "@t495/proof/errors";

/** At most three lines: what is wrong, where, and how to mend it. */
export function describeInputError({ what, where, fix }: InputError): string {
  const lines = [`error: ${what}`];
  if (where !== undefined) lines.push(`  at:  ${where}`);
  if (fix !== undefined) lines.push(`  fix: ${fix}`);
  return lines.join("\n");
}
