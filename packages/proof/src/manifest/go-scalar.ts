/**
 * How Kubernetes' tools read a scalar: `resolve.go` of go.yaml.in/yaml/v2 2.4.4, below sigs.k8s.io/yaml 1.6.0.
 * Neither YAML 1.1 nor 1.2: `yes` and `y` are booleans, `0644` and `0o644` are 420, `1:30` stays a string.
 */

/** The type that an untagged plain scalar turns out to have. */
type ScalarType = "str" | "int" | "float" | "bool" | "null";

/** A resolved scalar; integers beyond 2^53 keep their digits as bigint. */
export interface ResolvedScalar {
  readonly type: ScalarType;
  readonly value: string | number | bigint | boolean | null;
}

const WORDS = new Map<string, ResolvedScalar>([
  ...entries({ type: "bool", value: true }, ["y", "Y", ...cases("yes"), ...cases("true"), ...cases("on")]),
  ...entries({ type: "bool", value: false }, ["n", "N", ...cases("no"), ...cases("false"), ...cases("off")]),
  ...entries({ type: "null", value: null }, ["", "~", ...cases("null")]),
  ...entries({ type: "float", value: Number.NaN }, [".nan", ".NaN", ".NAN"]),
  ...entries({ type: "float", value: Number.POSITIVE_INFINITY }, [
    ".inf",
    ".Inf",
    ".INF",
    "+.inf",
    "+.Inf",
    "+.INF",
  ]),
  ...entries({ type: "float", value: Number.NEGATIVE_INFINITY }, ["-.inf", "-.Inf", "-.INF"]),
]);

/** Nothing else than a number or a word of the table starts with one of these. */
const FIRST_CHARACTER = /^[-+.0-9yYnNtTfFoO~]/;
const SMALL_DECIMAL = /^(0|[1-9][0-9]{0,14})$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
/** The reader hands what follows `0b` to a parser that takes a sign. */
const SIGNED_BINARY = /^0b([-+])([01]+)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const FLOAT_FROM_POINT = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?$/;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Resolves a plain scalar without a tag. */
export function resolveScalar(text: string): ResolvedScalar {
  if (text !== "" && !FIRST_CHARACTER.test(text)) return { type: "str", value: text };
  return WORDS.get(text) ?? resolveNumber(text) ?? { type: "str", value: text };
}

/** What a mapping makes of a scalar key; undefined for null and for integers beyond int64, which it refuses. */
export function keyOf({ type, value }: ResolvedScalar): string | undefined {
  if (type === "null" || (typeof value === "bigint" && value > MAX_INT64)) return undefined;
  return type === "float" ? formatFloat32(value as number) : String(value);
}

function resolveNumber(text: string): ResolvedScalar | undefined {
  if (SMALL_DECIMAL.test(text)) return { type: "int", value: Number(text) };
  if (text.startsWith(".")) {
    return FLOAT_FROM_POINT.test(text) ? toFloat(text.replaceAll("_", "")) : undefined;
  }
  if (!/^[-+0-9]/.test(text)) return undefined;
  const plain = text.replaceAll("_", "");
  const integer = toInteger(plain);
  if (integer !== undefined) {
    const safe = integer >= Number.MIN_SAFE_INTEGER && integer <= Number.MAX_SAFE_INTEGER;
    return { type: "int", value: safe ? Number(integer) : integer };
  }
  return FLOAT.test(plain) ? toFloat(plain) : undefined;
}

function toInteger(plain: string): bigint | undefined {
  const [, sign, digits] =
    SIGNED_BINARY.exec(plain)?.with(2, `0b${plain.slice(3)}`) ?? INTEGER.exec(plain) ?? [];
  if (digits === undefined) return undefined;
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = sign === "-" ? -magnitude : magnitude;
  if (value < -MAX_INT64 - 1n || value > (sign === "" ? MAX_UINT64 : MAX_INT64)) return undefined;
  return value;
}

/** Too large a number is no number: it stays a string. */
function toFloat(plain: string): ResolvedScalar | undefined {
  const value = Number(plain);
  return Number.isFinite(value) ? { type: "float", value } : undefined;
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 32)`: the fewest digits that give the same float32. */
function formatFloat32(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf";
  let digits = 1;
  while (Math.fround(Number(single.toPrecision(digits))) !== single) digits += 1;
  const [mantissa = "", exponent = "0"] = single.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return single.toFixed(Math.max(0, digits - 1 - power));
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function cases(word: string): string[] {
  return [word, `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`, word.toUpperCase()];
}

function entries(scalar: ResolvedScalar, words: readonly string[]): [string, ResolvedScalar][] {
  return words.map((word) => [word, scalar]);
}
