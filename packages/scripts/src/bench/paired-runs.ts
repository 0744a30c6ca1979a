/** Something that is measured: returns when it has run once. */
export type Contestant = () => Promise<void> | void;

export interface Measurement {
  /** Medians in milliseconds, in the order of the contestants. */
  readonly medians: readonly number[];
  readonly runs: number;
}

/**
 * Measures contestants in turns, A B A B …, so that whatever else the machine does meets all of them alike.
 * The first round is not counted: it fills caches.
 */
export async function measurePaired(contestants: readonly Contestant[], runs: number): Promise<Measurement> {
  const times: number[][] = contestants.map(() => []);
  for (let run = 0; run <= runs; run++) {
    for (const [at, contestant] of contestants.entries()) {
      const start = performance.now();
      await contestant();
      if (run > 0) times[at]?.push(performance.now() - start);
    }
  }
  return { medians: times.map(median), runs };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}
