export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

const GAP = 2;
const INDENT = "    ";

/**
 * Aligned columns. Where they are wider than the terminal, the last ones go to an indented line of their own
 * below each row, so that nothing is cut off.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const kept = fitting(widths, width);
  const line = (row: readonly string[]): string =>
    columns
      .slice(0, kept)
      .map(({ align }, at) => {
        const cell = row[at] ?? "";
        return align === "right" ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  const moved = (row: readonly string[]): string =>
    row
      .slice(kept)
      .map((cell, at) => (cell === "" || kept === columns.length - 1 ? cell : `${titles[kept + at]} ${cell}`))
      .filter((text) => text !== "")
      .join(", ");
  return [
    line(titles),
    ...rows.flatMap((row) => [line(row), ...(moved(row) === "" ? [] : [`${INDENT}${moved(row)}`])]),
  ];
}

/** How many columns, from the left, are no wider than the terminal; at least one. */
function fitting(widths: readonly number[], width: number): number {
  let total = -GAP;
  for (const [at, column] of widths.entries()) {
    total += column + GAP;
    if (total > width) return Math.max(1, at);
  }
  return widths.length;
}
