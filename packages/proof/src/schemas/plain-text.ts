/** A value of any type in a message: strings as they are, the rest as JSON (`String` throws on `{toString: 1}`). */
export function plainText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}
