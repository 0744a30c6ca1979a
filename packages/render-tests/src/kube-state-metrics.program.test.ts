import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import { missingFrom, parseExposition } from "../test/expositions.ts";
import { findGoProgram, goProgramMissing } from "../test/go-program.ts";
import { KUBE_STATE_METRICS, KubeStateMetricsPod } from "../test/kube-state-metrics-pod.ts";
import { eventually } from "../test/real-program.ts";

jest.setTimeout(60_000);
const program = await findGoProgram(KUBE_STATE_METRICS);

describeReal("kube-state-metrics itself", program, goProgramMissing(KUBE_STATE_METRICS), (file) => {
  let pod: KubeStateMetricsPod;
  let metrics: string;

  beforeAll(async () => {
    pod = await KubeStateMetricsPod.start(file);
    await eventually(
      "it has seen everything",
      async () => {
        metrics = await pod.scrape();
        return [
          "quota",
          "node_info",
          "cronjob_info",
          "job_failed",
          "pod_info",
          "persistentvolumeclaim_info",
        ].every((name) => metrics.includes(`\nkube_${name === "quota" ? "resourcequota" : name}{`));
      },
      pod.program,
    );
  });

  afterAll(async () => {
    await pod?.stop();
  });

  test("is the one that is deployed", () => {
    const deployment = pod.manifests.find("apps", "Deployment", "monitoring", "kube-state-metrics")?.object;
    expect(JSON.stringify(deployment)).toContain(`kube-state-metrics:${KUBE_STATE_METRICS.version}@`);
  });

  test("says of quotas, workloads and backups what rules ask for", () => {
    expect(metrics).toMatch(
      /^kube_resourcequota\{.*namespace="data".*resource="limits.memory",type="hard"\} 6\.44/m,
    );
    expect(metrics).toMatch(
      /^kube_pod_container_resource_limits\{.*container="prometheus".*resource="memory".*\} 1\.34/m,
    );
    expect(metrics).toMatch(
      /^kube_cronjob_status_last_successful_time\{.*cronjob="postgresql-backup"\} 1\.79/m,
    );
    expect(metrics).toMatch(/^kube_node_status_allocatable\{.*resource="memory",unit="byte"\} 3\.966/m);
  });

  test("reports nothing that nobody asked for, and few series for each pod", () => {
    const { series } = parseExposition("kube-state-metrics", `# recorded: now\n${metrics}`);
    expect([...series.keys()].filter((name) => /_(labels|annotations|created)$/.test(name))).toEqual([
      "kube_cronjob_created",
    ]);
    const pods = pod.api.list("Pod").length;
    const lines = metrics.split("\n").filter((line) => line.startsWith("kube_pod_")).length;
    expect(lines / pods).toBeLessThan(60);
  });

  test("has the rights that it needs and no other", () => {
    expect(pod.api.rights.refused).toEqual([]);
    expect(pod.api.rights.unused()).toEqual([]);
  });

  test("answers what is recorded of it", async () => {
    expect(await missingFrom("kube-state-metrics", metrics)).toEqual([]);
  });

  test("is ready while the API server answers, and lives without it", async () => {
    expect([await pod.status("/livez"), await pod.status("/healthz")]).toEqual([200, 200]);
    await pod.api.stop();
    expect([await pod.status("/livez"), await pod.status("/healthz")]).toEqual([503, 200]);
  });
});
