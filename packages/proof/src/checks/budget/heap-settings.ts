import { binarySize, type ContainerTexts, lastMatch, type MemorySetting, SOME } from "./memory-setting.ts";

/**
 * What Go's runtime does not count: the program's own pages, memory that the kernel holds for it, C libraries.
 * The collector works towards GOMEMLIMIT and passes it for a moment.
 * @see https://go.dev/doc/gc-guide#Suggested_uses: 5 to 10 %
 */
const GO_HEADROOM = 0.05;

/** Limits that language runtimes are given: Go, Node.js and the JVM. */
export function* heapSettings({ env, words, limit }: ContainerTexts): Generator<MemorySetting> {
  for (const { name, value, where } of env) {
    if (name === "GOMEMLIMIT" && value !== "off" && value !== "") {
      yield { name, value, bytes: goSize(value), where, headroom: Math.ceil(limit * GO_HEADROOM) };
    } else if (name === "AUTOMEMLIMIT" && value !== "off" && value !== "") {
      yield goShare(name, value, where, limit);
    } else if (/HEAP_SIZE$/.test(name)) {
      yield { name, value, bytes: binarySize(value), where, headroom: SOME };
    }
  }
  const ratio = lastMatch(words.join(" "), /--auto-gomemlimit\.ratio[= ]([^\s"']+)/g);
  // A limit in the environment goes before a share.
  if (ratio !== undefined && !env.some(({ name }) => name === "GOMEMLIMIT"))
    yield goShare("--auto-gomemlimit.ratio", ratio, "args", limit);
  const options = [
    ...env.map(({ value, where }) => ({ text: value, where })),
    { text: words.join(" "), where: "args" },
  ];
  for (const { text, where } of options) yield* nodeHeap(text, where);
  const heaps = options.flatMap(({ text, where }) => [...jvmHeap(text, where)]);
  yield* heaps;
  // A heap in bytes wins over a share of the limit.
  if (heaps.length > 0) return;
  for (const { text, where } of options) yield* jvmShare(text, where, limit);
}

/**
 * The share of the container's limit that a Go program sets as GOMEMLIMIT for itself; Prometheus refuses others.
 * @see prometheus v3.5 cmd/prometheus/main.go; github.com/KimMachineGun/automemlimit
 */
function goShare(name: string, value: string, where: string, limit: number): MemorySetting {
  const share = Number(value);
  const known = !value.includes("$");
  const bytes = !known ? undefined : share > 0 && share <= 1 ? Math.floor(limit * share) : "refused";
  return { name, value, bytes, where, headroom: Math.ceil(limit * GO_HEADROOM) };
}

function* nodeHeap(text: string, where: string): Generator<MemorySetting> {
  const value = lastMatch(text, /--max[-_]old[-_]space[-_]size[= ]([^\s"']+)/g);
  if (value === undefined) return;
  const bytes = /^\d+$/.test(value) ? binarySize(`${value}m`) : undefined;
  yield { name: "--max-old-space-size", value, bytes, where, headroom: SOME };
}

/** `-Xmx` and `-XX:MaxHeapSize` are one setting with two names. */
function* jvmHeap(text: string, where: string): Generator<MemorySetting> {
  const form = /(?:^|[\s"'])(-Xmx|-XX:MaxHeapSize=)([^\s"']+)/g;
  const [, name = "", value] = [...text.matchAll(form)].at(-1) ?? [];
  if (value === undefined) return;
  const bytes = /^\d+[kmgt]?$/i.test(value) ? binarySize(value) : undefined;
  yield { name: name.replace("=", ""), value, bytes, where, headroom: SOME };
}

/** The JVM takes its share of the container's limit. */
function* jvmShare(text: string, where: string, limit: number): Generator<MemorySetting> {
  const value = lastMatch(text, /(?:^|[\s"'])-XX:MaxRAMPercentage=([^\s"']+)/g);
  if (value === undefined) return;
  const bytes = /^\d+(\.\d+)?$/.test(value) ? Math.floor((limit * Number(value)) / 100) : undefined;
  yield { name: "-XX:MaxRAMPercentage", value, bytes, where, headroom: SOME };
}

/**
 * Go's own units: B, KiB, MiB, GiB, TiB, or none for bytes. The runtime ends at once when it cannot read the
 * value.
 * @see go1.25 src/runtime/mgcpacer.go `readGOMEMLIMIT`
 */
function goSize(value: string): MemorySetting["bytes"] {
  if (value.includes("$")) return undefined;
  return /^\d+([KMGT]iB|B)?$/.test(value) ? binarySize(value) : "refused";
}
