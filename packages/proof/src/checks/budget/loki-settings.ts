import { parseGoYaml } from "../../manifest/go-yaml.ts";
import { at, isObject, textOf } from "../../manifest/values.ts";
import { LOKI, runsProgram } from "./container-program.ts";
import { binarySize, type ContainerTexts, type MemorySetting, SOME } from "./memory-setting.ts";

/** Loki's own defaults (documentation of 3.5, `ingester.wal` and `embedded_cache`). */
const REPLAY_CEILING = "4GB";
const CACHE_MIB = 100;
const MIB = 1024 ** 2;
/** The targets that hold what is not written yet. */
const INGESTING = /^(all|write|ingester)$/;

/**
 * What Loki may hold at once: the write-ahead log up to its ceiling while it is replayed, and its caches in the
 * process.
 */
export function* lokiSettings(texts: ContainerTexts): Generator<MemorySetting> {
  const command = texts.words.join(" ");
  const given = /-ingester\.wal-replay-memory-ceiling[ =]["']?([^\s"']+)/.exec(command)?.[1];
  const isLoki = runsProgram(texts, LOKI);
  if (given === undefined && !isLoki) return;
  const configuration = isLoki ? configurationOf(texts) : undefined;
  const target =
    /-target[ =]["']?([^\s"']+)/.exec(command)?.[1] ?? at(configuration?.value, "target") ?? "all";
  const ingests = typeof target === "string" && target.split(",").some((one) => INGESTING.test(one));
  const wal = at(configuration?.value, "ingester", "wal");
  const written = at(wal, "replay_memory_ceiling");
  const hasNoLog = at(wal, "enabled") === false || !ingests;
  const caches = [...embeddedCaches(configuration?.value)];
  const unset = configuration === undefined || hasNoLog ? undefined : REPLAY_CEILING;
  const value = given ?? (written === undefined ? unset : textOf(written));
  if (value === undefined && caches.length === 0) return;
  const ceiling = value === undefined ? 0 : binarySize(value);
  const cached = caches.reduce((sum, size) => sum + size, 0) * MIB;
  const isDefault = given === undefined && written === undefined && value !== undefined;
  yield {
    name: ["replay_memory_ceiling", ...caches.map(() => "embedded_cache.max_size_mb")].join(" + "),
    value: [isDefault ? `${value} by default` : (value ?? "none"), ...caches].join(" + "),
    bytes: ceiling === undefined ? undefined : ceiling + cached,
    where: given === undefined ? (configuration?.where ?? "") : "args",
    headroom: SOME,
  };
}

/** The mounted file that reads like Loki's configuration; one that does not parse is embedded-config-valid's. */
function configurationOf({ files }: ContainerTexts): { value: unknown; where: string } | undefined {
  for (const { name, text, where } of files) {
    if (!/\.ya?ml$/.test(name) || !/^(ingester|schema_config|common|limits_config):/m.test(text)) continue;
    try {
      const [document] = parseGoYaml(text);
      if (document !== undefined) return { value: document.value, where };
    } catch {}
  }
  return undefined;
}

/** Sizes in MiB of the caches that are switched on, wherever a cache can stand. */
function* embeddedCaches(value: unknown): Generator<number> {
  if (!isObject(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === "embedded_cache" && at(child, "enabled") === true) {
      const size = at(child, "max_size_mb");
      yield typeof size === "number" ? size : CACHE_MIB;
    } else yield* embeddedCaches(child);
  }
}
