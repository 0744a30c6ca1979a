import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { dump, load } from "js-yaml";
import { DASHBOARDS_MISSING, findDashboardTypes } from "../test/dashboard-program.ts";
import { describeReal } from "../test/describe-real.ts";
import { findGoProgram, goProgramMissing } from "../test/go-program.ts";
import { queriesOf, readDashboards } from "../test/grafana-dashboards.ts";
import type { RelabelRule } from "../test/log-collector.ts";
import { monitoredSeries, type Series } from "../test/monitored-series.ts";
import { PROMTOOL } from "../test/prometheus-programs.ts";
import { readPromql } from "../test/queries.ts";
import { run } from "../test/real-program.ts";
import { findRelabel, RELABEL_MISSING } from "../test/relabel-program.ts";
import { renderPlatform } from "../test/render-platform.ts";
import { BUILD_MS } from "../test/tool-cache.ts";

jest.setTimeout(60_000);

const dashboards = readDashboards();
const queries = dashboards.flatMap((dashboard) =>
  queriesOf(dashboard)
    .filter(({ source }) => source === "prometheus")
    .map(({ text }) => text),
);
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "dashboards-"));
});

afterAll(() => rm(directory, { recursive: true }));

describeReal("Grafana's own types", await findDashboardTypes(), DASHBOARDS_MISSING, (mistakesOf) => {
  test("know every field, kind of panel and unit of every dashboard", async () => {
    expect(await mistakesOf(dashboards.map(({ path }) => path))).toEqual([]);
  });

  test.each([
    ["an unknown field of a dashboard", '"refresh":', '"refesh":', "refesh"],
    ["an unknown field of a panel", '"gridPos":', '"gridpos":', "gridpos"],
    ["an unknown option", '"graphMode":', '"graphMod":', "graphMod"],
    ["an unknown field of all kinds", '"unit":', '"unitt":', "unitt"],
    ["an option of the wrong type", '"fillOpacity": 8', '"fillOpacity": "8"', "fillOpacity"],
    ["an unknown field of a query", '"instant":', '"instnt":', "instnt"],
    ["a kind of panel that there is not", '"type": "timeseries"', '"type": "graph2"', "graph2"],
    ["a unit that there is not", '"unit": "percentunit"', '"unit": "percents"', "percents"],
    ["a panel that is too wide", '"w": 12', '"w": 40', "gridPos.w"],
  ])("report %s", async (_what, right, wrong, named) => {
    const redis = dashboards.find(({ name }) => name === "redis")?.text ?? "";
    expect(redis).toContain(right);
    const file = join(directory, "wrong.json");
    await writeFile(file, redis.replaceAll(right, wrong));
    expect((await mistakesOf([file])).join("\n")).toContain(named);
  });
});

describeReal("promtool", await findGoProgram(PROMTOOL), goProgramMissing(PROMTOOL), (promtool) => {
  const check = async (all: readonly string[]): ReturnType<typeof run> => {
    const rules = all.map((expr, number) => ({ record: `query:${number}`, expr }));
    const file = join(directory, "queries.yml");
    await writeFile(file, dump({ groups: [{ name: "dashboards", rules }] }));
    return run(promtool, ["check", "rules", "--lint=none", file]);
  };

  test("understands every query of every panel and variable", async () => {
    expect(queries.length).toBeGreaterThan(200);
    const { exitCode, stdout, stderr } = await check(queries);
    expect(`${stderr}${stdout}`).toContain(`SUCCESS: ${queries.length} rules found`);
    expect(exitCode).toBe(0);
  });

  test.each(["sum by (x (up)", "rate(up)", "max(up) + on (job) group_left", "nosuchfunction(up)"])(
    "does not understand %s",
    async (query) => {
      expect((await check([query])).exitCode).not.toBe(0);
    },
  );
});

interface ScrapeConfig {
  readonly job_name: string;
  readonly metric_relabel_configs?: readonly RelabelRule[];
}

describeReal("Prometheus' relabelling", await findRelabel(), RELABEL_MISSING, (relabel) => {
  let scrapes: ReadonlyMap<string, readonly RelabelRule[]>;
  let series: ReadonlyMap<string, Series>;

  beforeAll(async () => {
    const manifests = await renderPlatform();
    series = await monitoredSeries(manifests);
    const data = manifests.find("", "ConfigMap", "monitoring", "prometheus")?.object.data as Record<
      string,
      string
    >;
    const { scrape_configs } = load(data["prometheus.yml"] ?? "") as {
      scrape_configs: readonly ScrapeConfig[];
    };
    scrapes = new Map(scrape_configs.map((scrape) => [scrape.job_name, scrape.metric_relabel_configs ?? []]));
  }, BUILD_MS);

  test("keeps every metric that a dashboard asks for", async () => {
    const metrics = [
      ...new Set(queries.flatMap((query) => readPromql(query).selectors.map(({ metric }) => metric))),
    ];
    const lost: string[] = [];
    for (const [job, names] of byJob(metrics)) {
      const rules = scrapes.get(job) ?? scrapes.get("pods") ?? [];
      const answers = await relabel(
        rules,
        names.map((name) => ({ __name__: name, ...placeOf(job, name) })),
      );
      lost.push(...names.filter((_name, at) => answers[at] === null).map((name) => `${job}: ${name}`));
    }
    expect(lost).toEqual([]);
  });

  test("drops what none asks for", async () => {
    const unwanted = { __name__: "registry_http_request_duration_seconds_bucket", le: "1" };
    expect(await relabel(scrapes.get("pods") ?? [], [unwanted])).toEqual([null]);
  });

  function byJob(metrics: readonly string[]): ReadonlyMap<string, string[]> {
    const jobs = new Map<string, string[]>();
    for (const metric of metrics) {
      const { labels, jobs: of = new Set<string>() } = series.get(metric) ?? {};
      // What a rule makes is not scraped.
      if (labels === undefined) continue;
      for (const job of of) jobs.set(job, [...(jobs.get(job) ?? []), metric]);
    }
    return jobs;
  }
});

/** cAdvisor's series are kept by where they are from: a container, or the whole node for its network. */
function placeOf(job: string, metric: string): Record<string, string> {
  if (job !== "cadvisor") return {};
  if (metric.startsWith("container_network_")) return { id: "/", interface: "eth0" };
  return { id: "/kubepods/pod1/c1", pod: "redis-0", namespace: "data", container: "redis" };
}
