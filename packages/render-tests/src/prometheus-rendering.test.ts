import { beforeAll, describe, expect, test } from "@jest/globals";
import type { ManifestIndex } from "@t495/proof";
import { load } from "js-yaml";
import { readExpositions } from "../test/expositions.ts";
import { monitoredSeries } from "../test/monitored-series.ts";
import { alertsOf, prometheusFiles } from "../test/prometheus-rules.ts";
import { readPromql } from "../test/queries.ts";
import { renderPlatform } from "../test/render-platform.ts";

interface Configuration {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly kubernetes_sd_configs?: readonly {
      readonly namespaces: { readonly names: readonly string[] };
    }[];
    readonly metric_relabel_configs?: readonly { readonly action?: string; readonly regex: string }[];
  }[];
}

let manifests: ManifestIndex;

beforeAll(async () => {
  manifests = await renderPlatform();
});

const configurationOf = (rendered: ManifestIndex): Configuration =>
  load(prometheusFiles(rendered)["prometheus.yml"] ?? "") as Configuration;
const namespacesOf = (rendered: ManifestIndex): readonly string[] => {
  const pods = configurationOf(rendered).scrape_configs.find((job) => job.job_name === "pods");
  return pods?.kubernetes_sd_configs?.[0]?.namespaces.names ?? [];
};
/** Figures of the plan: `node_pods{} 110`. */
const factsOf = (rendered: ManifestIndex): readonly string[] => {
  interface Fact {
    readonly record: string;
    readonly expr: string;
    readonly labels?: object;
  }
  const { groups } = load(prometheusFiles(rendered)["plan.yml"] ?? "") as { groups: { rules: Fact[] }[] };
  return groups.flatMap(({ rules }) =>
    rules.map(({ record, expr, labels }) => `${record}${JSON.stringify(labels ?? {})} = ${expr}`),
  );
};
const scraped = (rendered: ManifestIndex): readonly string[] =>
  factsOf(rendered).flatMap((fact) => /^plan:scrape\{"job":"(.+)"\}/.exec(fact)?.[1] ?? []);

describe("rules", () => {
  test("ask only for what is recorded, with labels that it has", async () => {
    const known = await monitoredSeries(manifests);
    const mistakes = alertsOf(manifests).flatMap(({ alert, expr }) => {
      const { mistakes: unread, selectors } = readPromql(expr);
      const unknown = selectors.filter(({ metric, labels }) => {
        const series = known.get(metric);
        return (
          series === undefined ||
          labels.some((label) => series.labels !== undefined && !series.labels.has(label))
        );
      });
      return [...unread, ...unknown.map(({ metric }) => metric)].map((text) => `${alert}: ${text}`);
    });
    expect(mistakes).toEqual([]);
  });

  test("ask for nothing that the configuration drops", async () => {
    const lists = configurationOf(manifests).scrape_configs.flatMap(
      ({ job_name, metric_relabel_configs = [] }) =>
        metric_relabel_configs
          .filter(({ action }) => action === "keep")
          .slice(0, 1)
          .map(({ regex }) => [job_name, new RegExp(`^(?:${regex})$`)] as const),
    );
    expect(lists.map(([job]) => job)).toEqual(["kubelet", "cadvisor"]);
    const known = await readExpositions();
    const asked = [
      ...alertsOf(manifests).map(({ expr }) => expr),
      prometheusFiles(manifests)["records.yml"] ?? "",
    ].join("\n");
    for (const [job, kept] of lists) {
      const names = [...(known.get(job)?.series.keys() ?? [])];
      const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(asked));
      expect(used.length).toBeGreaterThan(3);
      expect(used.filter((name) => !kept.test(name))).toEqual([]);
    }
  });

  test("know figures of the plan, in bytes and cores", () => {
    expect(factsOf(manifests)).toEqual(
      expect.arrayContaining([
        'plan:namespace_memory_bytes{"layer":"data-services","namespace":"data"} = vector(6442450944)',
        'plan:node_cpu_cores{"part":"allocatable"} = vector(7.5)',
        "plan:addresses{} = vector(3)",
      ]),
    );
  });

  test("each says how bad it is, what it is, and what to do", () => {
    for (const { labels, annotations } of alertsOf(manifests)) {
      expect(["warning", "critical"]).toContain(labels.severity);
      expect(annotations.summary).not.toMatch(/\.$/);
      expect(annotations.description).toMatch(/\.$/);
    }
  });
});

describe("scrapes", () => {
  test("every pod that asks for it is in a namespace that is looked at, and the plan has a flow to it", () => {
    const asking = ["Deployment", "StatefulSet", "DaemonSet"]
      .flatMap((kind) => manifests.filter({ kind }))
      .filter(({ object }) => JSON.stringify(object.spec).includes('"prometheus.io/scrape":"true"'));
    expect(asking.length).toBeGreaterThan(10);
    const names = asking.map(({ object }) => object.metadata?.labels as Record<string, string>);
    expect(
      names
        .map((labels) => labels["app.kubernetes.io/name"])
        .filter((name) => !scraped(manifests).includes(name ?? "")),
    ).toEqual([]);
    expect(
      asking
        .map(({ namespace }) => namespace ?? "")
        .filter((name) => !namespacesOf(manifests).includes(name)),
    ).toEqual([]);
  });

  test("what is recorded is what is scraped", async () => {
    const jobs = [...(await readExpositions()).keys()];
    expect(scraped(manifests).filter((job) => !jobs.includes(job))).toEqual([]);
  });

  test.each([
    ["redis", "data", "global.components.redis.enabled=false"],
    ["jupyterhub", "jupyter", "global.components.jupyterhub.enabled=false"],
  ])("%s is not looked for while it is off", async (job, namespace, setting) => {
    const without = await renderPlatform([setting]);
    expect(scraped(without)).toEqual(scraped(manifests).filter((other) => other !== job));
    expect(namespacesOf(without).includes(namespace)).toBe(namespace === "data");
  });

  test("the node and kube-state-metrics are left out with their flows", async () => {
    const off = ["kubelet-metrics", "kube-state-metrics-metrics"];
    const without = await renderPlatform(off.map((flow) => `global.flows.${flow}.enabled=false`));
    expect(configurationOf(without).scrape_configs.map(({ job_name }) => job_name)).toEqual([
      "prometheus",
      "pods",
      "pods-tls",
    ]);
  });
});

describe("sizes follow the limits", () => {
  test.each([
    ["512Mi", 23552],
    ["2Gi", 94310],
  ])("of %s", async (limit, series) => {
    const changed = await renderPlatform([`monitoring.prometheus.resources.limits.memory=${limit}`]);
    expect(factsOf(changed)).toContain(`plan:prometheus_series{} = vector(${series})`);
  });

  test("what is kept is four fifths of the volume", async () => {
    const changed = await renderPlatform(["monitoring.prometheus.storage.size=10Gi"]);
    expect(prometheusFiles(changed)["prometheus.yml"]).toContain("size: 8192MB");
  });

  test.each([
    ["resources.limits.memory=256Mi", /monitoring.prometheus.resources.limits.memory is 256Mi/],
    ["storage.size=1Gi", /monitoring.prometheus.storage.size is 1Gi/],
    ["queryMemoryPercent=60", /queryMemoryPercent are 105 together/],
    ["alertmanager.target=alertmanager:9093", /scheme/],
  ])("%s is refused", async (setting, message) => {
    await expect(renderPlatform([`monitoring.prometheus.${setting}`])).rejects.toThrow(message);
  });

  test("an Alertmanager of the owner is told", async () => {
    const own = ["scheme=http", "target=alertmanager.home.arpa:9093"].map(
      (text) => `monitoring.prometheus.alertmanager.${text}`,
    );
    expect(configurationOf(await renderPlatform(own))).toMatchObject({
      alerting: { alertmanagers: [{ static_configs: [{ targets: ["alertmanager.home.arpa:9093"] }] }] },
    });
  });
});
