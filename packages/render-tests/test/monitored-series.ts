import type { ManifestIndex } from "@t495/proof";
import { load } from "js-yaml";
import { readExpositions } from "./expositions.ts";
import { readPromql } from "./queries.ts";

/** Labels that a scrape adds to every series. */
const TARGET_LABELS = ["job", "role", "namespace", "pod", "instance", "node"];

/** Series that Prometheus makes itself. https://prometheus.io/docs/concepts/jobs_instances/ */
const OWN: Readonly<Record<string, readonly string[]>> = {
  up: TARGET_LABELS,
  scrape_duration_seconds: TARGET_LABELS,
  scrape_samples_scraped: TARGET_LABELS,
  scrape_samples_post_metric_relabeling: TARGET_LABELS,
  ALERTS: [...TARGET_LABELS, "alertname", "alertstate", "severity"],
};

/** What can be asked of the rendered Prometheus. */
export interface Series {
  /** Undefined for a label that is not known beforehand: of a recording rule. */
  readonly labels: ReadonlySet<string> | undefined;
  /** The jobs that a metric, or what a rule is made from, comes from. */
  readonly jobs: ReadonlySet<string>;
}

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly expr: string }[];
  }[];
}

/**
 * Every metric that the recorded expositions, the rendered rules or Prometheus itself provide, by its name.
 *
 * @param manifests with Prometheus
 */
export async function monitoredSeries(manifests: ManifestIndex): Promise<ReadonlyMap<string, Series>> {
  const all = new Map<string, Series>();
  for (const [name, labels] of Object.entries(OWN)) {
    all.set(name, { labels: new Set(labels), jobs: new Set() });
  }
  for (const { job, series } of (await readExpositions()).values()) {
    for (const [name, labels] of series) all.set(name, together(all.get(name), job, labels));
  }
  for (const { record, expr } of recordingRules(manifests)) {
    const sources = readPromql(expr).selectors.map(({ metric }) => [...(all.get(metric)?.jobs ?? [])]);
    const jobs = new Set([...(all.get(record)?.jobs ?? []), ...sources.flat()]);
    all.set(record, { labels: undefined, jobs });
  }
  return all;
}

function together(known: Series | undefined, job: string, labels: ReadonlySet<string>): Series {
  return {
    labels: new Set([...(known?.labels ?? TARGET_LABELS), ...labels]),
    jobs: new Set([...(known?.jobs ?? []), job]),
  };
}

/** In the order of their evaluation: one may ask for those before it. */
function recordingRules(manifests: ManifestIndex): readonly { record: string; expr: string }[] {
  const data = manifests.find("", "ConfigMap", "monitoring", "prometheus")?.object.data ?? {};
  return Object.entries(data as Record<string, string>)
    .filter(([file]) => file.endsWith(".yml") && file !== "prometheus.yml")
    .sort(([one], [other]) => Number(other.startsWith("plan")) - Number(one.startsWith("plan")))
    .flatMap(([, text]) => (load(text) as RuleFile).groups)
    .flatMap(({ rules }) => rules)
    .flatMap(({ record, expr }) => (record === undefined ? [] : [{ record, expr }]));
}
