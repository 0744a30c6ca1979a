import type { SecretRow } from "../secrets/describe-secrets.ts";
import { counted, forTerminal, hanging, paintOf, type ReportStyle } from "./style.ts";
import { renderTable } from "./table.ts";

const DAY_MS = 86_400_000;

/**
 * As `platform secrets list` prints it: names, places, ages and readers, and no value.
 *
 * @param now ISO 8601
 */
export function secretTable(rows: readonly SecretRow[], now: string, style: ReportStyle): string {
  const paint = paintOf(style);
  const cells = rows.map(({ name, copies, keys, consumers, problems }) => [
    problems.length === 0 ? name : `${name} ✗`,
    copies.flatMap(({ namespace, present }) => (present ? [namespace] : [])).join(", ") || "nowhere",
    keys.map(({ key, since }) => (since ? `${key} ${ageOf(since, now)}` : key)).join(", "),
    consumers.join(", ") || "nobody",
  ]);
  const columns = ["Secret", "in", "keys and ages", "used by"].map((title) => ({ title }));
  const lines = rows.length === 0 ? ["The ledger has no Secret."] : renderTable(columns, cells, style.width);
  const wrong = rows.filter(({ problems }) => problems.length > 0);
  lines.push("");
  if (wrong.length === 0)
    lines.push(`${paint.green("✓")} ${counted(rows.length, "Secret")}, all as the ledger says`);
  for (const { name, problems } of wrong) {
    for (const problem of problems)
      lines.push(...hanging(`${paint.red("✗")} Secret ${name}: `, problem, style.width));
  }
  return forTerminal(`${lines.join("\n")}\n`, style);
}

/** `today`, `3 d`; a clock that is behind the cluster's counts as today. */
function ageOf(since: string, now: string): string {
  const days = Math.floor((Date.parse(now) - Date.parse(since)) / DAY_MS);
  if (Number.isNaN(days)) return "of unknown age";
  return days < 1 ? "today" : `${days} d`;
}
