/**
 * Characters that steer a terminal or a reader instead of being read: C0 and C1 controls with ESC and CSI, line
 * and paragraph separators, and marks that turn the direction of text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are meant
const STEERING = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const SPACE = /[\t\n\r]/;

/**
 * Text for people, whatever a manifest put into its names: no character of it moves the cursor, colours a line
 * or begins a new one. Other characters stay; objects and lists are copied with all their texts, keys included.
 */
export function printable<Value>(value: Value): Value;
export function printable(value: unknown): unknown {
  if (typeof value === "string") return value.replace(STEERING, escaped);
  if (Array.isArray(value)) return value.map((item: unknown) => printable(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [printable(key), printable(item)]));
}

/** The same for one text whose own line breaks are meant. */
export function printableLines(text: string): string {
  return text
    .split("\n")
    .map(printable<string>)
    .join("\n");
}

/** `\x1b`, `\u202e`; a space for line breaks and tabs. */
function escaped(character: string): string {
  if (SPACE.test(character)) return " ";
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
