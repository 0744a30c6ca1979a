import { printableLines } from "./printable.ts";

/** What a person needs to mend bad input: one sentence each. */
export interface InputErrorDetails {
  /** What is wrong. */
  readonly what: string;
  /** Where: a file, a values path, a chart and template, a document and line. */
  readonly where?: string;
  /** How to mend it. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/**
 * Bad input or a missing tool. The command line prints it without a stack trace and exits with 2;
 * any other error is a defect of this program. Its texts may quote the input: they are made printable, line by line.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly what: string;
  readonly where: string | undefined;
  readonly fix: string | undefined;

  constructor({ cause, ...details }: InputErrorDetails) {
    const what = printableLines(details.what);
    const where = details.where === undefined ? undefined : printableLines(details.where);
    super(where === undefined ? what : `${where}: ${what}`, cause === undefined ? undefined : { cause });
    this.what = what;
    this.where = where;
    this.fix = details.fix === undefined ? undefined : printableLines(details.fix);
  }
}

/** True for an {@link InputError} of any realm (jest runs each file in its own). */
export function isInputError(error: unknown): error is InputError {
  return error instanceof Error && error.name === "InputError";
}
