import type { ReportStyle } from "@t495/proof";
import { FILE_STYLE, terminalStyle } from "./terminal.ts";
import { version } from "./version.ts";

/** The clock, the terminal and the program's own version: read here, passed to everything else as data. */

/** Today's date in the owner's time zone, YYYY-MM-DD. */
export function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}

/** How a report looks: for this terminal, or for the file that `--output` names. */
export function reportStyle(file: string | undefined): ReportStyle {
  if (file !== undefined) return FILE_STYLE;
  const { isTTY, columns } = process.stdout;
  return terminalStyle({ env: process.env, isTTY: isTTY === true, columns, platform: process.platform });
}

/** Versions that every proof names; a rendering adds Helm's. */
export function ownTools(): Record<string, string> {
  return { platform: version(), node: process.versions.node };
}
