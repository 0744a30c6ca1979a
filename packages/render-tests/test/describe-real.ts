import { describe, test } from "@jest/globals";

/**
 * Tests that run a real program. Where it is not to be had they cannot run: in CI that is a failure, on
 * somebody's machine a line that says what is missing.
 *
 * @param missing what to install, as one sentence with the command
 */
export function describeReal<Program>(
  title: string,
  program: Program | undefined,
  missing: string,
  body: (program: Program) => void,
): void {
  if (program !== undefined) {
    describe(title, () => body(program));
    return;
  }
  test(`${title}: the program is here, or this is not CI`, () => {
    if (process.env.CI) throw new Error(missing);
    process.stderr.write(`not run here: ${title}. ${missing}\n`);
  });
}
