import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  type Dashboard,
  type Panel,
  queriesOf,
  readDashboards,
  variablesIn,
} from "../test/grafana-dashboards.ts";
import { monitoredSeries, type Series } from "../test/monitored-series.ts";
import { INSTALL_MS } from "../test/open-platform.ts";
import { type ReadQuery, readLogql, readPromql } from "../test/queries.ts";
import { renderPlatform } from "../test/render-platform.ts";

const dashboards = readDashboards();
/** Labels of every stream; a test of the log collector holds them against its rules. */
const STREAM_LABELS = ["namespace", "pod", "container", "app", "role", "node"];
/** Jobs that are no component of the plan. */
const OTHER_JOBS = ["kubelet", "cadvisor", "argocd"];

let series: ReadonlyMap<string, Series>;

beforeAll(async () => {
  series = await monitoredSeries(await renderPlatform());
}, INSTALL_MS);

test("each group of components has a dashboard, and the platform those that it needs as a whole", () => {
  const names = (folder: string): string[] =>
    dashboards.filter((dashboard) => dashboard.folder === folder).map(({ name }) => name);
  expect(names("platform").sort()).toEqual([
    "addresses",
    "alerts",
    "budget",
    "logs",
    "node",
    "rollout",
    "storage",
  ]);
  expect(names("components").sort()).toEqual([
    "jupyterhub",
    "localstack",
    "loki",
    "longhorn",
    "metallb",
    "minio",
    "mlflow",
    "postgresql",
    "prometheus",
    "redis",
    "registry",
    "traefik",
  ]);
});

test("no two have the same uid or title", () => {
  for (const key of ["uid", "title"] as const) {
    const all = dashboards.map(({ model }) => model[key]);
    expect(new Set(all).size).toBe(all.length);
  }
});

describe.each(dashboards.map((dashboard) => [dashboard.name, dashboard] as const))(
  "%s",
  (name, dashboard) => {
    const { model, text } = dashboard;
    const queries = queriesOf(dashboard).map((query) => ({
      ...query,
      read: query.source === "loki" ? readLogql(query.text) : readPromql(query.text),
    }));
    const asked = queries.filter(({ source }) => source === "prometheus");

    test("can be provisioned anywhere: named by its file, without a number of one database", () => {
      expect(model.uid).toBe(name);
      expect(model.uid.length).toBeLessThanOrEqual(40);
      for (const key of ["id", "version", "__inputs", "__requires", "snapshot"])
        expect(model).not.toHaveProperty(key);
      expect(model).toMatchObject({ editable: false, timezone: "browser", schemaVersion: 42 });
      // Argo CD may keep the object in an annotation, which 256 KiB fit.
      expect(Buffer.byteLength(text)).toBeLessThan(100 * 1024);
    });

    test("asks no more often than each half a minute", () => {
      const [, number, unit] = /^(\d+)([smh])$/.exec(model.refresh) ?? [];
      expect(Number(number) * { s: 1, m: 60, h: 3600 }[unit as "s"]).toBeGreaterThanOrEqual(30);
    });

    test("has panels that do not overlap", () => {
      const taken = new Set<string>();
      for (const { gridPos, title } of model.panels) {
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(`${title} ${taken.has(`${x},${y}`)}`).toBe(`${title} false`);
            taken.add(`${x},${y}`);
          }
        }
      }
      const ids = model.panels.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test("says what every panel shows, and in which unit", () => {
      for (const panel of model.panels.filter(({ type }) => type !== "row")) {
        expect(panel.title).toMatch(/^[A-Z0-9]/);
        expect(panel.targets?.length).toBeGreaterThan(0);
        expect(`${panel.title}: ${hasUnit(panel)}`).toBe(`${panel.title}: true`);
      }
    });

    test("names a data source that is provisioned, the same for a panel and its queries", () => {
      for (const { type, datasource, targets = [] } of model.panels) {
        if (type === "row") continue;
        expect(datasource).toEqual({
          type: datasource?.uid,
          uid: expect.stringMatching(/^(?:prometheus|loki)$/),
        });
        for (const target of targets) expect(target.datasource).toEqual(datasource);
        const ids = targets.map(({ refId }) => refId);
        expect(new Set(ids).size).toBe(ids.length);
      }
    });

    test("has queries that their grammar knows", () => {
      expect(queries.length).toBeGreaterThan(0);
      const wrong = queries.filter(({ read }) => read.mistakes.length > 0);
      expect(wrong.map(({ from, text: query, read }) => ({ from, query, at: read.mistakes }))).toEqual([]);
    });

    test("uses the variables that it has, and has none that it does not use", () => {
      const names = model.templating.list.map((variable) => variable.name).sort();
      const questions = queries.map((query) => query.text).join("\n");
      expect([...variablesIn(questions)].sort()).toEqual(names);
    });

    test("asks for metrics that a recorded exposition or a rule has", () => {
      const metrics = asked.flatMap(({ read }) => read.selectors.map(({ metric }) => metric));
      expect(metrics.filter((metric) => !series.has(metric))).toEqual([]);
    });

    test("chooses and groups by labels that these have", () => {
      const unknown = queries.flatMap(({ from, text: query, source, read }) =>
        unknownLabels(read, query, source).map((label) => `${from}: ${label}`),
      );
      expect(unknown).toEqual([]);
    });

    test("is tagged with the components that it needs", () => {
      const jobs = asked.flatMap(({ text: query, read }) => jobsOf(read, query));
      const needed = new Set([
        ...queries.map(({ source }) => source),
        ...jobs.filter((job) => !OTHER_JOBS.includes(job)),
      ]);
      // MLflow and LocalStack have no figures of their own.
      if (dashboard.folder === "components") needed.add(name);
      expect([...model.tags].sort()).toEqual([...needed, "t495"].sort());
    });

    /** Whoever provides what a query asks for: the jobs that it names, or those of its metrics. */
    function jobsOf(read: ReadQuery, query: string): readonly string[] {
      const named = [...query.matchAll(/job="([a-z0-9-]+)"/g)].map(([, job = ""]) => job);
      return named.length > 0
        ? named
        : read.selectors.flatMap(({ metric }) => [...(series.get(metric)?.jobs ?? [])]);
    }

    function unknownLabels(read: ReadQuery, query: string, source: string): readonly string[] {
      if (source === "loki") {
        return [...read.selectors.flatMap(({ labels }) => labels), ...read.grouping].filter(
          (label) => !STREAM_LABELS.includes(label),
        );
      }
      const made = [...query.matchAll(/label_replace\([^,]+(?:\{[^}]*\})?, "([a-z_]+)"/g)].map(
        ([, label = ""]) => label,
      );
      const known = read.selectors.map(({ metric }) => series.get(metric)?.labels);
      const matched = read.selectors.flatMap(({ labels }, at) =>
        labels.filter((label) => known[at]?.has(label) === false),
      );
      const some = known.some((labels) => labels === undefined);
      const grouped = read.grouping.filter(
        (label) => !some && !made.includes(label) && !known.some((labels) => labels?.has(label)),
      );
      return [...matched, ...grouped];
    }
  },
);

/** Of a table, each column that is a number has one of its own. */
function hasUnit({ type, fieldConfig }: Panel): boolean {
  if (type === "logs") return true;
  if (type !== "table") return fieldConfig?.defaults.unit !== undefined;
  const properties = fieldConfig?.overrides.flatMap((override) => override.properties) ?? [];
  return (
    properties.some(({ id }) => id === "unit" || id === "mappings") || fieldConfig?.overrides.length === 0
  );
}

test("what is provisioned is exactly what the enabled components have figures for", async () => {
  const provisioned = (manifests: Awaited<ReturnType<typeof renderPlatform>>): readonly string[] =>
    manifests
      .filter({ kind: "ConfigMap", namespace: "monitoring" })
      .flatMap(({ name }) => /^grafana-dashboard-(.+)$/.exec(name)?.[1] ?? [])
      .sort();
  const all = dashboards.map((dashboard: Dashboard) => dashboard.name).sort();
  expect(provisioned(await renderPlatform())).toEqual(all.filter((name) => name !== "longhorn"));
  const without = ["redis", "loki", "promtail", "node-exporter"].map(
    (name) => `global.components.${name}.enabled=false`,
  );
  expect(provisioned(await renderPlatform(without))).toEqual(
    all.filter((name) => !["longhorn", "redis", "loki", "logs", "node", "storage"].includes(name)),
  );
});
