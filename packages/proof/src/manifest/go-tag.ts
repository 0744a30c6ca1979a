import { type ResolvedScalar, resolveScalar } from "./go-scalar.ts";

const LONG_TAG = /^!<tag:yaml\.org,2002:(.+)>$/;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d{2}:\d{2})| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/;

/** `!!int` and `!<tag:yaml.org,2002:int>` → `int`; tags of other vocabularies stay as written. */
export function shortTag(written: string): string {
  if (written.startsWith("!!")) return written.slice(2);
  return LONG_TAG.exec(written)?.[1] ?? written;
}

/**
 * A scalar with an explicit tag. Tags of other vocabularies leave the text a string; undefined when the text is
 * not what the tag says.
 */
export function resolveTagged(tag: string, text: string): ResolvedScalar | undefined {
  switch (tag) {
    case "int":
    case "bool":
    case "null":
    case "float": {
      const scalar = resolveScalar(text);
      if (scalar.type === tag) return scalar;
      return tag === "float" && scalar.type === "int"
        ? { type: "float", value: Number(scalar.value) }
        : undefined;
    }
    case "timestamp":
      return isTimestamp(text) ? { type: "str", value: text } : undefined;
    case "binary":
      return BASE64.test(text)
        ? { type: "str", value: Buffer.from(text, "base64").toString("utf8") }
        : undefined;
    default:
      return { type: "str", value: text };
  }
}

function isTimestamp(text: string): boolean {
  const [, year, month, day, ...time] = TIMESTAMP.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return false;
  const [hour = 0, minute = 0, second = 0] = time.filter((part) => part !== undefined).map(Number);
  return hour < 24 && minute < 60 && second < 60;
}
