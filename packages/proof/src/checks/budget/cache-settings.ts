import { MEMCACHED, REDIS, runsProgram } from "./container-program.ts";
import { type ContainerTexts, lastMatch, type MemorySetting, SOME, sizeOf } from "./memory-setting.ts";

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
    yield { name, value, bytes: redisSize(value), where, headroom: SOME };
  } else if (isServer && !/--sentinel|redis-sentinel/.test(words.join(" "))) {
    const elsewhere = words.some(
      (word) => word.endsWith(".conf") && !configurations.some((file) => word.endsWith(`/${file.name}`)),
    );
    // A configuration that the rendering does not hold may say more.
    const bytes = value === undefined && elsewhere ? undefined : "unbounded";
    yield { name, value: value ?? "not set", bytes, where, headroom: SOME };
  }
}

function redisSize(text: string): number | undefined {
  const parts = /^(\d+)(k|m|g)?(b)?$/i.exec(text);
  if (parts === null) return undefined;
  const [, number = "", unit = "", binary] = parts;
  return sizeOf(number, unit, binary === undefined ? 1000 : 1024);
}

/**
 * memcached counts what it stores, in MiB, and takes 64 of them when nobody says otherwise.
 * @see memcached 1.6 memcached.c, `-m`
 */
export function* memcachedSettings(texts: ContainerTexts): Generator<MemorySetting> {
  if (!runsProgram(texts, MEMCACHED)) return;
  const form = /(?:^|\s)(?:-m\s*|--memory-limit[= ])["']?([^\s"']+)/g;
  const value = lastMatch(texts.words.join(" "), form);
  const bytes = /^\d+$/.test(value ?? "64") ? sizeOf(value ?? "64", "m", 1024) : undefined;
  const where = value === undefined ? "nowhere" : "args";
  yield { name: "--memory-limit", value: value ?? "64 by default", bytes, where, headroom: SOME };
}
