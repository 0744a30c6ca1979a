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
 * any other error is a defect of this program.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly what: string;
  readonly where: string | undefined;
  readonly fix: string | undefined;

  constructor({ what, where, fix, cause }: InputErrorDetails) {
    super(where === undefined ? what : `${where}: ${what}`, cause === undefined ? undefined : { cause });
    this.what = what;
    this.where = where;
    this.fix = fix;
  }
}

/** True for an {@link InputError} of any realm (jest runs each file in its own). */
export function isInputError(error: unknown): error is InputError {
  return error instanceof Error && error.name === "InputError";
}
