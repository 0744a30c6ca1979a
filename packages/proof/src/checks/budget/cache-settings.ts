import { LOKI, REDIS, runsProgram } from "./container-program.ts";
import { binarySize, type ContainerTexts, lastMatch, type MemorySetting, sizeOf } from "./memory-setting.ts";

/**
 * redis.conf and its arguments: names in any case, the last of several counts, and arguments come after the
 * file; `mb` is 1024², `m` is 1000². Zero is no limit, and so is none at all.
 * @see redis 8.2 src/config.c `loadServerConfigFromString`
 */
export function* redisSettings(texts: ContainerTexts): Generator<MemorySetting> {
  const { words } = texts;
  const isServer = runsProgram(texts, REDIS);
  const given = lastMatch(words.join(" "), /--maxmemory[ =]+["']?([^\s"']+)/gi);
  const configurations = isServer ? texts.files.filter(({ name }) => name.endsWith(".conf")) : [];
  const written = configurations
    .map(({ text, where }) => ({ where, value: lastMatch(text, /^[ \t]*maxmemory[ \t]+["']?([^\s"']+)/gim) }))
    .filter(({ value }) => value !== undefined)
    .at(-1);
  const value = given ?? written?.value;
  const where = given === undefined ? (written?.where ?? "nowhere") : "args";
  const name = "maxmemory";
  if (value !== undefined && value !== "0") {
    yield { name, value, bytes: redisSize(value), where, leavesRoom: true };
  } else if (isServer && !/--sentinel|redis-sentinel/.test(words.join(" "))) {
    const elsewhere = words.some(
      (word) => word.endsWith(".conf") && !configurations.some((file) => word.endsWith(`/${file.name}`)),
    );
    // A configuration that the rendering does not hold may say more.
    const bytes = value === undefined && elsewhere ? undefined : "unbounded";
    yield { name, value: value ?? "not set", bytes, where, leavesRoom: true };
  }
}

function redisSize(text: string): number | undefined {
  const parts = /^(\d+)(k|m|g)?(b)?$/i.exec(text);
  if (parts === null) return undefined;
  const [, number = "", unit = "", binary] = parts;
  return sizeOf(number, unit, binary === undefined ? 1000 : 1024);
}

/** Loki keeps its write-ahead log in memory up to this ceiling while it replays it. */
export function* lokiSettings(texts: ContainerTexts): Generator<MemorySetting> {
  const { words } = texts;
  const files = runsProgram(texts, LOKI) ? texts.files : [];
  const name = "replay_memory_ceiling";
  const given = /-ingester\.wal-replay-memory-ceiling[ =]["']?([^\s"']+)/.exec(words.join(" "))?.[1];
  const written = files
    .map(({ text, where }) => ({
      where,
      value: /^\s*replay_memory_ceiling:\s*["']?([^\s"'#]+)/m.exec(text)?.[1],
    }))
    .find(({ value }) => value !== undefined);
  const value = given ?? written?.value;
  if (value === undefined) return;
  yield {
    name,
    value,
    bytes: binarySize(value),
    where: given === undefined ? (written?.where ?? "") : "args",
    leavesRoom: true,
  };
}
