/** Thousandths of a resource's base unit (milli-CPU; milli-bytes for memory and storage; milli-pods). */
export type Amount = bigint;

/** Amounts by resource name: `cpu`, `memory`, `ephemeral-storage`, `pods`, … An absent name is zero. */
export type ResourceList = Readonly<Record<string, Amount>>;

/** Which suffixes the canonical form uses: `Ki`, `Mi`, … or `m`, `k`, `M`, … */
type QuantityFormat = "binary" | "decimal";

const MILLI = 1000n;
const KIBI = 1024n;
const MEBI = KIBI * KIBI;
const GIBI = KIBI * MEBI;
/** A quantity with a binary suffix is capped at 2⁶³−1; the other forms are not (quantity.go, `maxAllowed`). */
const MAX_BINARY = ((1n << 63n) - 1n) * MILLI;
/** Exponents beyond any machine; they would only cost memory. */
const MAX_EXPONENT = 100;

const BINARY_EXPONENT: Readonly<Record<string, bigint>> = {
  Ki: 10n,
  Mi: 20n,
  Gi: 30n,
  Ti: 40n,
  Pi: 50n,
  Ei: 60n,
};
const DECIMAL_EXPONENT: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([eE][+-]?\d+)|([numkMGTPE]?))$/;

/**
 * Reads a quantity in every form that Kubernetes accepts: sign, decimals, `n u m k M G T P E`, `Ki` … `Ei`,
 * exponents; a YAML number counts as its text. What is finer than a thousandth is rounded away from zero.
 * @returns undefined when Kubernetes would refuse it.
 * @see k8s.io/apimachinery v0.36.3 pkg/api/resource/quantity.go `ParseQuantity`; the rounding is
 * `SetDefaults_ResourceList` of k8s.io/kubernetes v1.36.3.
 */
export function parseQuantity(value: unknown): Amount | undefined {
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== "string" || text === "") return undefined;
  const parts = FORM.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = "", fraction = "", binary, power, decimal = ""] = parts;
  // A lone suffix is zero to Kubernetes, save those that its fast path does not read.
  if (`${whole}${fraction}` === "" && (binary === "Pi" || binary === "Ei")) return undefined;
  const digits = BigInt(`${whole}${fraction}` || "0");
  const exponent = power === undefined ? (DECIMAL_EXPONENT[decimal] ?? 0) : Number(power.slice(1));
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  const magnitude =
    binary === undefined
      ? scaleUp(digits, exponent + 3 - fraction.length)
      : least(scaleUp(digits << (BINARY_EXPONENT[binary] ?? 0n), 3 - fraction.length), MAX_BINARY);
  return sign === "-" ? -magnitude : magnitude;
}

/** The canonical text of an amount: the largest suffix that loses nothing, never a decimal point. */
export function formatQuantity(amount: Amount, format: QuantityFormat): string {
  if (amount === 0n) return "0";
  const magnitude = amount < 0n ? -amount : amount;
  const isWhole = magnitude % MILLI === 0n;
  if (format === "binary" && isWhole && magnitude >= KIBI * MILLI) {
    return largestSuffix(amount / MILLI, KIBI, ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]);
  }
  return largestSuffix(amount, MILLI, ["m", "", "k", "M", "G", "T", "P", "E"]);
}

/** Memory or storage for people: `1.5 Gi`, `640 Mi`; exact, so odd figures fall back to smaller units. */
export function formatMemory(amount: Amount): string {
  if (amount < 0n) return `−${formatMemory(-amount)}`;
  const size = ceilDivide(amount, MILLI);
  for (const [unit, name] of [
    [GIBI, "Gi"],
    [MEBI, "Mi"],
    [KIBI, "Ki"],
  ] as const) {
    if (size >= unit && (size * 100n) % unit === 0n) return `${hundredths((size * 100n) / unit)} ${name}`;
  }
  return `${size} B`;
}

/** CPU for people, as Kubernetes writes it: `250m`, `2`. */
export function formatCpu(amount: Amount): string {
  return formatQuantity(amount, "decimal");
}

/** An amount of any resource for people; the unit follows from the resource's name (`limits.memory`). */
export function formatAmount(resource: string, amount: Amount): string {
  if (isSize(resource)) return formatMemory(amount);
  return formatCpu(amount);
}

/** An amount as one writes it into a manifest: `1536Mi`, `250m`, `3`. */
export function writeAmount(resource: string, amount: Amount): string {
  return formatQuantity(amount, isSize(resource) ? "binary" : "decimal");
}

/** Whole bytes, rounded up, as Kubernetes compares memory. */
export function bytes(amount: Amount): number {
  return Number(ceilDivide(amount, MILLI));
}

/** Thousandths of a CPU. */
export function milliCpu(amount: Amount): number {
  return Number(amount);
}

/** The amount of a count: pods, claims, Services. */
export function countAmount(count: number): Amount {
  return BigInt(count) * MILLI;
}

function isSize(resource: string): boolean {
  return /(^|[./])(memory|storage|ephemeral-storage|hugepages-.*)$/.test(resource);
}

function scaleUp(digits: bigint, exponent: number): bigint {
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) : ceilDivide(digits, 10n ** BigInt(-exponent));
}

function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor > 0n ? quotient + 1n : quotient;
}

function largestSuffix(amount: bigint, step: bigint, suffixes: readonly string[]): string {
  let rest = amount;
  let at = 0;
  while (at < suffixes.length - 1 && rest % step === 0n) {
    rest /= step;
    at += 1;
  }
  return `${rest}${suffixes[at]}`;
}

function hundredths(value: bigint): string {
  const fraction = String(value % 100n)
    .padStart(2, "0")
    .replace(/0+$/, "");
  return fraction === "" ? `${value / 100n}` : `${value / 100n}.${fraction}`;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
