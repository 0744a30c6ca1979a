import type { Budget } from "../proof.ts";
import { cpu, memory } from "./figures.ts";
import { memoryBars, nodeLines } from "./memory-bars.ts";
import { forTerminal, paintOf, type ReportStyle } from "./style.ts";
import { renderTable } from "./table.ts";

/** Layers, namespaces and the node, as `platform budget` prints them. */
export function budgetTable({ node, layers, namespaces }: Budget, style: ReportStyle): string {
  const paint = paintOf(style);
  // By layer, in rollout order; what no layer pays for comes last.
  const rank = new Map(layers.map(({ name }, at) => [name, at]));
  const rankOf = (layer: string | null): number => rank.get(layer ?? "") ?? layers.length;
  const sorted = [...namespaces].sort((a, b) => rankOf(a.layer) - rankOf(b.layer));
  const rows = sorted.map(({ name, layer, steady, terminating, budget, headroom }) => [
    name,
    layer ?? "",
    memory(steady.memoryLimits),
    memory(terminating.memoryLimits),
    budget === null ? "none" : memory(budget.memory),
    headroom === null ? "" : memory(headroom),
    budget === null
      ? cpu(terminating.cpuRequests)
      : `${cpu(terminating.cpuRequests)}/${cpu(budget.cpuRequests)}`,
    budget === null ? cpu(terminating.cpuLimits) : `${cpu(terminating.cpuLimits)}/${cpu(budget.cpuLimits)}`,
    budget === null ? String(terminating.pods) : `${terminating.pods}/${budget.pods}`,
  ]);
  const lines = [
    ...(layers.length === 0 ? [] : [...memoryBars(layers, style, paint), ""]),
    ...renderTable(
      [
        { title: "namespace" },
        { title: "layer" },
        { title: "steady", align: "right" },
        { title: "worst", align: "right" },
        { title: "budget", align: "right" },
        { title: "headroom", align: "right" },
        { title: "CPU req.", align: "right" },
        { title: "CPU lim.", align: "right" },
        { title: "pods", align: "right" },
      ],
      rows,
      style.width,
    ),
    ...(node === null ? [] : ["", ...nodeLines(node, style)]),
  ];
  return forTerminal(`${lines.join("\n")}\n`, style);
}
