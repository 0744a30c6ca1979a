import { binarySize, type ContainerTexts, type MemorySetting, sizeOf } from "./memory-setting.ts";

/** redis.conf and its arguments: `mb` is 1024², `m` is 1000². Zero is no limit. */
export function* redisSettings({ words, files }: ContainerTexts): Generator<MemorySetting> {
  const script = words.join(" ");
  const given = /--maxmemory[ =]+["']?([^\s"']+)/.exec(script);
  const written = files.map(({ text, where }) => ({
    where,
    value: /^[ \t]*maxmemory[ \t]+(\S+)/m.exec(text)?.[1],
  }));
  const candidates = [
    ...(given === null ? [] : [{ where: "args", value: given[1] }]),
    ...written.filter(({ value }) => value !== undefined),
  ];
  // Arguments override the file.
  const found = candidates[0];
  if (found?.value === undefined || found.value === "0") return;
  yield {
    name: "maxmemory",
    value: found.value,
    bytes: redisSize(found.value),
    where: found.where,
    leavesRoom: true,
  };
}

function redisSize(text: string): number | undefined {
  const parts = /^(\d+)(k|m|g)?(b)?$/i.exec(text);
  if (parts === null) return undefined;
  const [, number = "", unit = "", binary] = parts;
  return sizeOf(number, unit, binary === undefined ? 1000 : 1024);
}

/** Loki keeps its write-ahead log in memory up to this ceiling while it replays it. */
export function* lokiSettings({ words, files }: ContainerTexts): Generator<MemorySetting> {
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
