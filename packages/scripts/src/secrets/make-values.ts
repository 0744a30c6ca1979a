import { randomInt } from "node:crypto";
import type { PlannedSecret } from "@t495/proof";
import { hash } from "bcryptjs";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** As foundation's Job hashes. */
const BCRYPT_COST = 10;

/**
 * New values for some keys, as foundation's Job would make them, in base64.
 *
 * @param held the values that the source has: an htpasswd line is made of the new ones and of these
 */
export async function makeValues(
  chosen: readonly string[],
  keys: PlannedSecret["keys"],
  held: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const made: Record<string, string> = {};
  for (const key of chosen) {
    const recipe = keys[key];
    if (recipe?.type === "random") made[key] = encoded(randomText(recipe.length));
    if (recipe?.type === "literal") made[key] = encoded(recipe.value);
  }
  for (const key of chosen) {
    const recipe = keys[key];
    if (recipe?.type !== "htpasswd") continue;
    const [user = "", password = ""] = recipe.value
      .split(":")
      .map((part) => Buffer.from(made[part] ?? held[part] ?? "", "base64").toString());
    // The prefix that htpasswd writes; the algorithm is the same.
    const line = (await hash(password, BCRYPT_COST)).replace(/^\$2[ab]\$/, "$2y$");
    made[key] = encoded(`${user}:${line}`);
  }
  return made;
}

function randomText(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}
