import { join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { freePort } from "./free-port.ts";
import type { GoProgram } from "./go-program.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import type { ApiObject } from "./kubernetes-object.ts";
import { Machine, NODE } from "./real-pod.ts";
import { eventually, handOver, type Running, start } from "./real-program.ts";
import { renderPlatform } from "./render-platform.ts";

export const KUBE_STATE_METRICS: GoProgram = {
  module: "k8s.io/kube-state-metrics/v2",
  version: "v2.20.0",
  folder: ".",
  name: "kube-state-metrics",
};

/** kube-state-metrics as rendered, beside an API server that holds the platform while it runs. */
export class KubeStateMetricsPod {
  private constructor(
    readonly manifests: ManifestIndex,
    readonly api: KubernetesApi,
    readonly port: number,
    readonly program: Running,
    private readonly machine: Machine,
  ) {}

  static async start(program: string): Promise<KubeStateMetricsPod> {
    const port = await freePort();
    const telemetry = await freePort();
    const manifests = await renderPlatform([`monitoring.kube-state-metrics.port=${port}`]);
    const api = await KubernetesApi.start(manifests, { namespace: "monitoring", name: "kube-state-metrics" });
    putRunningPlatform(api);
    const machine = await Machine.create(manifests);
    const { command, env } = await machine.container("Deployment", "kube-state-metrics", {});
    const kubeconfig = join(machine.directory, "kubeconfig");
    await api.writeKubeconfig(kubeconfig);
    await handOver(machine.directory);
    // In the cluster it finds the API server by itself; its second port is this machine's.
    const here = [`--kubeconfig=${kubeconfig}`, `--telemetry-port=${telemetry}`];
    const running = start(program, [...command.slice(1), ...here], { env });
    const pod = new KubeStateMetricsPod(manifests, api, port, running, machine);
    await eventually("it answers", async () => (await pod.status("/healthz")) === 200, running);
    return pod;
  }

  async status(path: string): Promise<number> {
    return fetch(`http://127.0.0.1:${this.port}${path}`).then(
      ({ status }) => status,
      () => 0,
    );
  }

  async scrape(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
  }

  async stop(): Promise<void> {
    this.program.signal("SIGTERM");
    await this.program.ended;
    await this.api.stop();
    await this.machine.remove();
  }
}

const CREATED = "2026-11-24T00:00:00Z";

/** What the node, the controllers and the kubelet would have written by the time that somebody asks. */
function putRunningPlatform(api: KubernetesApi): void {
  api.put({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: NODE, creationTimestamp: CREATED },
    status: {
      capacity: { cpu: "8", memory: "39680Mi", pods: "110" },
      allocatable: { cpu: "7500m", memory: "37824Mi", pods: "110" },
      conditions: [{ type: "Ready", status: "True" }],
      nodeInfo: { kubeletVersion: "v1.36.3" },
    },
  });
  for (const quota of api.list("ResourceQuota")) {
    const { hard } = quota.spec as { hard: object };
    api.put({
      ...quota,
      status: { hard, used: Object.fromEntries(Object.keys(hard).map((key) => [key, "1"])) },
    });
  }
  for (const kind of ["Deployment", "StatefulSet", "DaemonSet"])
    for (const object of api.list(kind)) run(api, object);
  for (const job of api.list("CronJob")) {
    const at = { lastScheduleTime: CREATED, lastSuccessfulTime: CREATED };
    const metadata = { ...job.metadata, creationTimestamp: CREATED } as ApiObject["metadata"];
    api.put({ ...job, metadata, status: at });
  }
  for (const job of api.list("Job")) {
    const status = { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] };
    api.put({ ...job, status });
  }
  for (const claim of api.list("PersistentVolumeClaim")) api.put({ ...claim, status: { phase: "Bound" } });
}

/** A workload whose only pod runs, after a container of it was ended once. */
function run(api: KubernetesApi, workload: ApiObject): void {
  const { namespace = "default", name } = workload.metadata;
  const spec = workload.spec as { template: { metadata: object; spec: { containers: { name: string }[] } } };
  api.put({ ...workload, status: { replicas: 1, availableReplicas: 1, readyReplicas: 1, numberReady: 1 } });
  api.put({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...spec.template.metadata, name: `${name}-0`, namespace, creationTimestamp: CREATED },
    spec: { ...spec.template.spec, nodeName: NODE },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: spec.template.spec.containers.map((container) => ({
        name: container.name,
        restartCount: 1,
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
      })),
    },
  });
}
