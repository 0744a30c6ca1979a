import { binarySize, type ContainerTexts, lastMatch, type MemorySetting } from "./memory-setting.ts";

/** Limits that language runtimes are given: Go, Node.js and the JVM. */
export function* heapSettings({ env, words }: ContainerTexts): Generator<MemorySetting> {
  for (const { name, value, where } of env) {
    if (name === "GOMEMLIMIT" && value !== "off") {
      // A soft limit that the collector works towards: it may be the whole limit.
      yield { name, value, bytes: goSize(value), where, leavesRoom: false };
    } else if (/HEAP_SIZE$/.test(name))
      yield { name, value, bytes: binarySize(value), where, leavesRoom: true };
    else yield* inOptions(value, where);
  }
  yield* inOptions(words.join(" "), "args");
}

function* inOptions(text: string, where: string): Generator<MemorySetting> {
  const node = lastMatch(text, /--max[-_]old[-_]space[-_]size[= ]([^\s"']+)/g);
  if (node !== undefined) {
    const bytes = /^\d+$/.test(node) ? binarySize(`${node}m`) : undefined;
    yield { name: "--max-old-space-size", value: node, bytes, where, leavesRoom: true };
  }
  const jvm = lastMatch(text, /(?:^|[\s"'])-Xmx([^\s"']+)/g);
  if (jvm !== undefined) {
    const bytes = /^\d+[kmgt]?$/i.test(jvm) ? binarySize(jvm) : undefined;
    yield { name: "-Xmx", value: jvm, bytes, where, leavesRoom: true };
  }
}

/** Go's own units: B, KiB, MiB, GiB, TiB, or none for bytes. */
function goSize(value: string): number | undefined {
  return /^\d+([KMGT]iB|B)?$/.test(value) ? binarySize(value) : undefined;
}
