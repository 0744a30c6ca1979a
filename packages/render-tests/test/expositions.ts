import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

const DIRECTORY = join(import.meta.dirname, "../expositions");

/** What the program behind one scrape job answers, shortened to one sample of each metric and set of labels. */
export interface Exposition {
  /** The value of the label `job`, and the name of the file. */
  readonly job: string;
  /** `recorded`: the real program's answer. `documented`: put together from its documentation or its source. */
  readonly origin: "recorded" | "documented";
  /** How it was recorded, or which source documents it. */
  readonly source: string;
  /** The labels of each series by the metric's name, `_bucket`, `_sum` and `_count` of histograms included. */
  readonly series: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Every exposition by its job. */
export async function readExpositions(): Promise<ReadonlyMap<string, Exposition>> {
  const files = (await readdir(DIRECTORY)).filter((file) => file.endsWith(".prom")).sort();
  const all = files.map(async (file) => {
    const job = basename(file, ".prom");
    return [job, parseExposition(job, await readFile(join(DIRECTORY, file), "utf8"))] as const;
  });
  return new Map(await Promise.all(all));
}

const ORIGIN = /^# (recorded|documented): (\S.*)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*"/g;

/**
 * @param job the value of the label `job`
 * @param text in Prometheus' text format; its first line is `# recorded: …` or `# documented: …`
 * @throws Error when the first line does not say where it is from, or a line is neither a comment nor a sample
 */
export function parseExposition(job: string, text: string): Exposition {
  const [first = "", ...lines] = text.split("\n");
  const [, origin, source = ""] = ORIGIN.exec(first) ?? [];
  if (origin !== "recorded" && origin !== "documented")
    throw new Error(`${job}: the first line must be "# recorded: …" or "# documented: …"`);
  const series = new Map<string, Set<string>>();
  for (const [number, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labels = ""] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`${job}: line ${number + 2} is no sample: ${line}`);
    const known = series.get(name) ?? new Set();
    series.set(name, known);
    for (const [, label = ""] of labels.matchAll(LABEL)) known.add(label);
  }
  return { job, origin, source, series };
}

/**
 * What is recorded of a job and missing from an answer of the real program: a metric, or a label of it.
 *
 * @param text the answer
 */
export async function missingFrom(job: string, text: string): Promise<readonly string[]> {
  const recorded = (await readExpositions()).get(job)?.series ?? new Map<string, ReadonlySet<string>>();
  const { series } = parseExposition(job, `# recorded: now\n${text}`);
  return [...recorded].flatMap(([name, labels]) => {
    const answered = series.get(name);
    if (answered === undefined) return [name];
    return [...labels].filter((label) => !answered.has(label)).map((label) => `${name}{${label}}`);
  });
}
