import type { LayerBudget, NodeBudget } from "../proof.ts";
import { cpu, memory } from "./figures.ts";
import { type Paint, type ReportStyle, wrap } from "./style.ts";

/**
 * One line per layer: what its pods may take when nothing is being rolled out, at the worst moment (Jobs run,
 * and old pods of the biggest rollout still terminate), and of how much.
 */
export function memoryBars(layers: readonly LayerBudget[], style: ReportStyle, paint: Paint): string[] {
  // A layer without a share and without pods (foundation) has nothing to show.
  const shown = layers.filter(({ budget, terminating }) => budget > 0 || terminating > 0);
  const cells = shown.map((layer) => ({
    layer,
    name: layer.name,
    figures: [layer.limits, layer.terminating, layer.budget, layer.headroom].map(memory),
  }));
  const titles = ["steady", "worst", "budget", "headroom"];
  const nameWidth = Math.max(6, ...cells.map(({ name }) => name.length));
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...cells.map(({ figures }) => figures[at]?.length ?? 0)),
  );
  const figuresWidth = widths.reduce((sum, width) => sum + width + 2, 0);
  const barWidth = Math.min(30, style.width - nameWidth - figuresWidth - 2);
  const showBars = barWidth >= 6;
  const row = (name: string, bar: string, figures: readonly string[]): string =>
    [
      name.padEnd(nameWidth),
      ...(showBars ? [bar] : []),
      ...figures.map((figure, at) => figure.padStart(widths[at] ?? 0)),
    ].join("  ");
  return [
    paint.dim(row("memory", " ".repeat(Math.max(0, barWidth)), titles)),
    ...cells.map(({ layer, name, figures }) => {
      const line = row(name, showBars ? bar(layer, barWidth) : "", figures);
      if (layer.headroom < 0) return paint.red(line);
      return layer.terminating === 0 ? paint.dim(line) : line;
    }),
    ...(showBars ? [paint.dim(`${" ".repeat(nameWidth)}  █ steady ▒ worst ░ headroom`)] : []),
  ];
}

/** Steady part, what the worst moment adds, and what is left; full when that is over the budget. */
function bar({ limits, terminating, budget }: LayerBudget, width: number): string {
  const cellsOf = (bytes: number): number => {
    if (bytes <= 0) return 0;
    if (budget <= 0) return width;
    // A pod that exists is never shown as nothing.
    return Math.min(width, Math.max(1, Math.round((bytes / budget) * width)));
  };
  const steady = cellsOf(limits);
  const reached = Math.max(steady, cellsOf(terminating));
  return "█".repeat(steady) + "▒".repeat(reached - steady) + "░".repeat(width - reached);
}

/** What the node gives and what is left of it. */
export function nodeLines(node: NodeBudget, style: ReportStyle): string[] {
  const { memory: size, cpu: threads, pods } = node;
  const unbounded = size.unbounded > 0 ? `, of these ${memory(size.unbounded)} declared but not bounded` : "";
  const sentences = [
    `memory ${memory(size.installed)} installed, ${memory(size.allocatable)} allocatable, ${memory(size.budgeted)} budgeted${unbounded}, ${memory(size.free)} free`,
    `CPU requests ${cpu(threads.requests)} now, ${cpu(threads.budgeted)} budgeted of ${cpu(threads.allocatable)} allocatable; limits ${cpu(threads.limits)} on ${cpu(threads.capacity)}`,
    `pods ${pods.steady} now, ${pods.terminating} at the worst, of ${pods.max}`,
  ];
  return sentences.flatMap((sentence) => wrap(sentence, style.width - 11));
}
