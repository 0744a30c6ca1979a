import { binarySize, type ContainerTexts, lastMatch, type MemorySetting } from "./memory-setting.ts";

/** Limits that language runtimes are given: Go, Node.js and the JVM. */
export function* heapSettings({ env, words, limit }: ContainerTexts): Generator<MemorySetting> {
  for (const { name, value, where } of env) {
    if (name === "GOMEMLIMIT" && value !== "off" && value !== "") {
      // A soft limit that the collector works towards: it may be the whole limit.
      yield { name, value, bytes: goSize(value), where, leavesRoom: false };
    } else if (/HEAP_SIZE$/.test(name)) {
      yield { name, value, bytes: binarySize(value), where, leavesRoom: true };
    }
  }
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

function* nodeHeap(text: string, where: string): Generator<MemorySetting> {
  const value = lastMatch(text, /--max[-_]old[-_]space[-_]size[= ]([^\s"']+)/g);
  if (value === undefined) return;
  const bytes = /^\d+$/.test(value) ? binarySize(`${value}m`) : undefined;
  yield { name: "--max-old-space-size", value, bytes, where, leavesRoom: true };
}

/** `-Xmx` and `-XX:MaxHeapSize` are one setting with two names. */
function* jvmHeap(text: string, where: string): Generator<MemorySetting> {
  const form = /(?:^|[\s"'])(-Xmx|-XX:MaxHeapSize=)([^\s"']+)/g;
  const [, name = "", value] = [...text.matchAll(form)].at(-1) ?? [];
  if (value === undefined) return;
  const bytes = /^\d+[kmgt]?$/i.test(value) ? binarySize(value) : undefined;
  yield { name: name.replace("=", ""), value, bytes, where, leavesRoom: true };
}

/** The JVM takes its share of the container's limit. */
function* jvmShare(text: string, where: string, limit: number): Generator<MemorySetting> {
  const value = lastMatch(text, /(?:^|[\s"'])-XX:MaxRAMPercentage=([^\s"']+)/g);
  if (value === undefined) return;
  const bytes = /^\d+(\.\d+)?$/.test(value) ? Math.floor((limit * Number(value)) / 100) : undefined;
  yield { name: "-XX:MaxRAMPercentage", value, bytes, where, leavesRoom: true };
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
