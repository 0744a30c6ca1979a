/** Medians in milliseconds. */
export interface BenchFigures {
  readonly runs: number;
  /** Bare `helm template` of the umbrella. */
  readonly helm: number;
  /** The whole `platform prove`. */
  readonly prove: number;
  /** All rules, per 1,000 objects. */
  readonly checks: number;
}

const PROVE_AIM = 150;
const CHECKS_AIM = 100;

/** The figures with their aims, for people or as JSON. */
export function benchReport(figures: BenchFigures, asJson: boolean): string {
  const over = figures.prove - figures.helm;
  const aims = [
    {
      name: "prove beside bare helm template",
      ratio: round(figures.prove / figures.helm),
      milliseconds: round(over),
      aim: PROVE_AIM,
      met: over <= PROVE_AIM,
    },
    {
      name: "rules per 1,000 objects",
      ratio: round(figures.checks / figures.helm),
      milliseconds: round(figures.checks),
      aim: CHECKS_AIM,
      met: figures.checks <= CHECKS_AIM,
    },
  ];
  if (asJson) return `${JSON.stringify({ ...figures, aims }, undefined, 2)}\n`;
  const [whole, checks] = aims;
  return [
    `helm template          ${milliseconds(figures.helm)}`,
    `platform prove         ${milliseconds(figures.prove)}  = ${whole?.ratio} × helm, ${milliseconds(over)} more; aim ${PROVE_AIM} ms more: ${verdictOf(whole?.met)}`,
    `rules, 1,000 objects   ${milliseconds(figures.checks)}  = ${checks?.ratio} × helm; aim ${CHECKS_AIM} ms: ${verdictOf(checks?.met)}`,
    `medians of ${figures.runs} paired runs`,
    "",
  ].join("\n");
}

function verdictOf(met: boolean | undefined): string {
  return met === true ? "met" : "missed";
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`.padStart(7);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
