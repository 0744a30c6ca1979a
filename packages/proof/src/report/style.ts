import picocolors from "picocolors";

/** How a report for people looks. The edge decides it; reports read no environment. */
export interface ReportStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  /** False where only ASCII is sure to be shown. */
  readonly unicode: boolean;
}

export type Paint = ReturnType<typeof picocolors.createColors>;

export function paintOf({ color }: ReportStyle): Paint {
  return picocolors.createColors(color);
}

const ASCII: readonly (readonly [RegExp, string])[] = [
  [/[−–—]/g, "-"],
  [/[·•]/g, "."],
  [/…/g, "..."],
  [/→/g, "->"],
  [/≤/g, "<="],
  [/≥/g, ">="],
  [/×/g, "x"],
  [/✓/g, "ok"],
  [/✗/g, "x"],
  [/⚠/g, "!"],
  [/[█▓]/g, "#"],
  [/▒/g, "+"],
  [/[░╌─]/g, "."],
  [/[“”„«»]/g, '"'],
  [/[‘’]/g, "'"],
];

/** The text in letters that the terminal has. */
export function forTerminal(text: string, { unicode }: ReportStyle): string {
  if (unicode) return text;
  let ascii = text;
  for (const [letters, replacement] of ASCII) ascii = ascii.replace(letters, replacement);
  // What no table foresees (names in foreign manifests) must not reach a terminal that cannot show it.
  return ascii.replace(/\P{ASCII}/gu, "?");
}

/** `text` in lines of at most `width`, broken at spaces; a word that is longer stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** Wraps behind a first prefix; further lines are indented as far. */
export function hanging(prefix: string, text: string, width: number): string[] {
  return wrap(text, Math.max(20, width - prefix.length)).map((line, at) =>
    at === 0 ? `${prefix}${line}` : `${" ".repeat(prefix.length)}${line}`,
  );
}

/** `1 object`, `3 objects`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
