import { isInputError } from "@t495/proof";

/** What a person reads when a rendering is refused. Fails when it is not, or breaks in another way. */
export async function refusalOf(rendering: Promise<unknown>): Promise<string> {
  try {
    await rendering;
  } catch (error) {
    if (isInputError(error)) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}
