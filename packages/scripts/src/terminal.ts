import type { ReportStyle } from "@t495/proof";

/** What decides how text looks on a terminal; a test gives its own. */
export interface TerminalFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly platform: NodeJS.Platform;
}

const DEFAULT_WIDTH = 100;
const MIN_WIDTH = 40;
/** Lines that are longer are hard to read, however wide the window is. */
const MAX_WIDTH = 120;

/** Width, colours and letters of reports: `FORCE_COLOR` wins over `NO_COLOR`, both over what the stream is. */
export function terminalStyle({ env, isTTY, columns, platform }: TerminalFacts): ReportStyle {
  const width = columns ?? Number.parseInt(env.COLUMNS ?? "", 10);
  return {
    width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width > 0 ? width : DEFAULT_WIDTH)),
    color: hasColor(env, isTTY),
    unicode: platform === "win32" ? env.WT_SESSION !== undefined : hasUnicode(env),
  };
}

/** A file is read later, anywhere: no colours, every letter, the default width. */
export const FILE_STYLE: ReportStyle = { width: DEFAULT_WIDTH, color: false, unicode: true };

function hasColor(env: TerminalFacts["env"], isTTY: boolean): boolean {
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  if (env.NO_COLOR) return false;
  return (isTTY && env.TERM !== "dumb") || Boolean(env.CI);
}

function hasUnicode(env: TerminalFacts["env"]): boolean {
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || "");
}
