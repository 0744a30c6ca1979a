import { POSTGRESQL, runsProgram } from "./container-program.ts";
import { type ContainerTexts, lastMatch, type MemorySetting, SOME } from "./memory-setting.ts";

const KIB = 1024;
const UNITS: Readonly<Record<string, number>> = { B: 1, kB: KIB, MB: KIB ** 2, GB: KIB ** 3, TB: KIB ** 4 };

/**
 * PostgreSQL's own defaults, and the unit of a number without one (guc_tables.c of PostgreSQL 17 and 18). The
 * default of autovacuum_work_mem, −1, is maintenance_work_mem.
 */
const SETTINGS = {
  shared_buffers: { initial: 128 * KIB ** 2, unit: 8 * KIB },
  work_mem: { initial: 4 * KIB ** 2, unit: KIB },
  maintenance_work_mem: { initial: 64 * KIB ** 2, unit: KIB },
  max_connections: { initial: 100, unit: 1 },
  autovacuum_max_workers: { initial: 3, unit: 1 },
  autovacuum_work_mem: { initial: -1, unit: KIB },
} as const;

type Name = keyof typeof SETTINGS;

const NAMES = Object.keys(SETTINGS) as Name[];
const FORMS = NAMES.map((name) => ({
  name,
  // Names in any case; units only as they are written here.
  line: new RegExp(`^[ \\t]*${name}(?:[ \\t]*=[ \\t]*|[ \\t]+)('[^'\\n]*'|[^\\s'#]+)`, "gim"),
  option: new RegExp(`(?:-c\\s*|--)${name.replaceAll("_", "[-_]")}\\s*=\\s*["']?([^\\s"']+)`, "gi"),
}));

/**
 * What a PostgreSQL server may take: shared buffers, one sort or hash per connection, one maintenance
 * operation, and every autovacuum worker. A query can use work_mem several times, so this is the least that must fit.
 */
export function* postgresqlSettings(texts: ContainerTexts): Generator<MemorySetting> {
  const { image, words } = texts;
  const files = runsProgram(texts, POSTGRESQL) ? texts.files : [];
  const command = words.join(" ");
  const given = new Map<Name, { value: string; where: string }>();
  for (const { name, line, option } of FORMS) {
    for (const { name: file, text, where } of files) {
      const value = file.endsWith(".conf") ? lastMatch(text, line) : undefined;
      if (value !== undefined) given.set(name, { value, where });
    }
    // Arguments override the file.
    const value = lastMatch(command, option);
    if (value !== undefined) given.set(name, { value, where: "args" });
  }
  const shared = given.get("shared_buffers");
  // Other servers have a max_connections too.
  if (shared === undefined && !(given.has("max_connections") && /postgres/.test(`${image} ${command}`)))
    return;
  const amounts = NAMES.map((name) => {
    const written = given.get(name);
    return {
      name,
      value: written?.value ?? "default",
      amount: written === undefined ? SETTINGS[name].initial : read(name, written.value),
    };
  });
  const [buffers, work, maintenance, connections, workers, ownVacuum] = amounts.map(({ amount }) => amount);
  const vacuum = ownVacuum === -1 ? maintenance : ownVacuum;
  const known =
    buffers !== undefined &&
    work !== undefined &&
    maintenance !== undefined &&
    connections !== undefined &&
    workers !== undefined &&
    vacuum !== undefined;
  yield {
    name: "shared_buffers + max_connections × work_mem + maintenance_work_mem + autovacuum_max_workers × autovacuum_work_mem",
    value: amounts.map(({ name, value }) => `${name} ${value}`).join(", "),
    bytes: known ? finite(buffers + connections * work + maintenance + workers * vacuum) : undefined,
    where: (shared ?? given.get("max_connections"))?.where ?? "args",
    headroom: SOME,
  };
}

function read(name: Name, value: string): number | undefined {
  if (name === "autovacuum_work_mem" && value === "-1") return -1;
  const parts = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?$/.exec(value.replace(/^'\s*|\s*'$/g, ""));
  if (parts === null) return undefined;
  const [, number = "", unit] = parts;
  return Math.ceil(Number(number) * (unit === undefined ? SETTINGS[name].unit : (UNITS[unit] ?? 1)));
}

function finite(size: number): number | undefined {
  return Number.isSafeInteger(size) ? size : undefined;
}
