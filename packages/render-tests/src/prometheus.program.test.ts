import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { parseExposition, readExpositions } from "../test/expositions.ts";
import { findGoProgram, goProgramMissing } from "../test/go-program.ts";
import { queriesOf, readDashboards } from "../test/grafana-dashboards.ts";
import { PrometheusPod } from "../test/prometheus-pod.ts";
import { PROMETHEUS } from "../test/prometheus-programs.ts";
import { eventually } from "../test/real-program.ts";

jest.setTimeout(120_000);
const program = await findGoProgram(PROMETHEUS);

describeReal("Prometheus itself", program, goProgramMissing(PROMETHEUS), (file) => {
  let pod: PrometheusPod;

  beforeAll(async () => {
    pod = await PrometheusPod.start(file);
    const isDone = async (): Promise<boolean> => {
      const targets = await pod.targets();
      return targets.length > 15 && targets.every(({ health }) => health !== "unknown");
    };
    await eventually("every target was asked", isDone, pod.program, 90);
  });

  afterAll(async () => {
    await pod?.stop();
  });

  test("finds every target of the plan, each once, with the labels that rules and dashboards ask for", async () => {
    const targets = await pod.targets();
    const down = targets.filter(({ health }) => health !== "up");
    expect(down.map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`)).toEqual([]);
    const found = targets.map(
      ({ labels: { job, role, namespace } }) => `${namespace ?? "-"} ${job}/${role ?? "-"}`,
    );
    expect(found.sort()).toEqual([...new Set(found)].sort());
    expect(found).toEqual(
      expect.arrayContaining([
        "- cadvisor/-",
        "- kube-state-metrics/server",
        "- kubelet/-",
        "argocd argocd/argocd-repo-server",
        "data postgresql/server",
        "jupyter jupyterhub/hub",
        "metallb-system metallb/controller",
        "metallb-system metallb/speaker",
        "monitoring node-exporter/agent",
        "monitoring prometheus/server",
        "traefik traefik/proxy",
      ]),
    );
  });

  test("misses nothing that the plan has a flow for", async () => {
    await eventually(
      "the plan is there",
      async () => (await pod.query("plan:scrape")).length > 0,
      pod.program,
      90,
    );
    expect(await pod.query("plan:scrape unless on (job) up")).toEqual([]);
  });

  test("shows its token to those only that ask for one", () => {
    const shown = pod.stub.calls.filter(({ authorization }) => authorization !== undefined);
    expect([...new Set(shown.map(({ host }) => host.split(":")[1]))].sort()).toEqual(["10250", "9120"]);
  });

  test("keeps what is asked for, and no more", async () => {
    const names = (await pod.ask<string[]>("/api/v1/label/__name__/values")).filter(
      (name) => !name.includes(":"),
    );
    expect(names).toContain("container_memory_working_set_bytes");
    expect(names).toContain("traefik_service_request_duration_seconds_bucket");
    expect(names.filter((name) => /^go_gc|^promhttp_|^controller_runtime_.*_bucket$/.test(name))).toEqual([]);
    const [series] = await pod.query("prometheus_tsdb_head_series");
    expect(Number(series?.value[1])).toBeLessThan(5000);
    const own = await pod.query('count(container_memory_working_set_bytes{name!=""})');
    expect(own).toEqual([]);
  });

  test("keeps the namespaces that kube-state-metrics reports, not its own", async () => {
    const namespaces = (await pod.query("kube_resourcequota")).map(({ metric }) => metric.namespace);
    expect(namespaces).not.toContain("monitoring");
    expect(namespaces.length).toBeGreaterThan(0);
  });

  test("evaluates every rule without a failure", async () => {
    interface Group {
      readonly rules: readonly {
        readonly name: string;
        readonly health: string;
        readonly lastError?: string;
      }[];
    }
    const read = async (): Promise<Group["rules"]> =>
      (await pod.ask<{ groups: Group[] }>("/api/v1/rules")).groups.flatMap(({ rules }) => rules);
    const isDone = async (): Promise<boolean> => (await read()).every(({ health }) => health !== "unknown");
    await eventually("each was evaluated", isDone, pod.program, 90);
    expect((await read()).filter(({ health }) => health !== "ok")).toEqual([]);
  });

  test("answers every question of every dashboard", async () => {
    const failed: string[] = [];
    for (const dashboard of readDashboards()) {
      for (const { from, source, text } of queriesOf(dashboard)) {
        if (source !== "prometheus") continue;
        // What a variable of the dashboard is set to.
        const query = encodeURIComponent(text.replaceAll(/=~?"\$[a-z]+"/g, '=~".*"'));
        const answer = await (await fetch(`${pod.origin}/api/v1/query?query=${query}`)).json();
        const { status, error } = answer as { status: string; error?: string };
        if (status !== "success") failed.push(`${dashboard.name}, ${from}: ${error}`);
      }
    }
    expect(failed).toEqual([]);
  });

  test("has the rights that it needs and no other", () => {
    expect(pod.api.rights.refused).toEqual([]);
    // What the kubelet asks about it.
    expect(pod.api.rights.unused()).toEqual(["get nodes/metrics"]);
  });

  test("takes its memory limit and its retention from the rendering", async () => {
    const { GOMEMLIMIT, storageRetention } = await pod.ask<Record<string, unknown>>(
      "/api/v1/status/runtimeinfo",
    );
    expect(GOMEMLIMIT).toBe(1152 * 1024 * 1024);
    expect(storageRetention).toMatch(/16GiB/);
  });

  test("reads a new configuration by itself, and goes on with the old one when it is broken", async () => {
    const rules = join(dirname(pod.configuration), "records.yml");
    const text = await readFile(rules, "utf8");
    await writeFile(rules, `${text}\n      - record: new:rule\n        expr: vector(7)\n`);
    await eventually(
      "the new rule counts",
      async () => (await pod.query("new:rule")).length === 1,
      pod.program,
      60,
    );
    await writeFile(rules, "groups: [nonsense");
    const refused = async (): Promise<boolean> =>
      (await pod.query("prometheus_config_last_reload_successful == 0")).length === 1;
    await eventually("it says so", refused, pod.program, 60);
    expect(await pod.status("/-/healthy")).toBe(200);
  });

  test("answers what is recorded of it", async () => {
    const recorded = (await readExpositions()).get("prometheus")?.series ?? new Map();
    const { series } = parseExposition("prometheus", `# recorded: now\n${await pod.metrics()}`);
    expect(recorded.size).toBeGreaterThan(0);
    expect([...recorded.keys()].filter((name) => !series.has(name))).toEqual([]);
  });
});
