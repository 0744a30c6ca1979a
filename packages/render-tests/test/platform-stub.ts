import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readExpositions } from "./expositions.ts";
import type { KubernetesApi } from "./kubernetes-api.ts";
import type { ApiObject } from "./kubernetes-object.ts";
import { NODE } from "./real-pod.ts";

const NODE_ADDRESS = "192.168.1.10";
/** Pods that the bootstrap makes, and where they answer. */
const ARGOCD = { "argocd-application-controller": 8082, "argocd-server": 8083, "argocd-repo-server": 8084 };

/** A call that reached it. */
export interface Call {
  /** The address that was meant: `10.42.0.9:9121`. */
  readonly host: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A proxy that answers for every pod of the platform, and for the kubelet, with what is recorded of them. */
export class PlatformStub {
  readonly calls: Call[] = [];

  private constructor(
    private readonly server: Server,
    private readonly jobs: ReadonlyMap<string, string>,
    private readonly texts: ReadonlyMap<string, string>,
  ) {
    server.on("request", (request: IncomingMessage, response) => {
      const { host, pathname } = new URL(request.url ?? "", "http://nowhere");
      this.calls.push({ host, path: pathname, authorization: request.headers.authorization });
      const text = this.texts.get(this.jobOf(host, pathname));
      response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/plain; version=0.0.4" });
      response.end(text);
    });
  }

  /** Makes a running pod of every workload that the API server holds, and of Argo CD's. */
  static async start(api: KubernetesApi): Promise<PlatformStub> {
    const jobs = putPods(api);
    const texts = new Map<string, string>();
    for (const job of (await readExpositions()).keys()) {
      texts.set(job, await readFile(join(import.meta.dirname, `../expositions/${job}.prom`), "utf8"));
    }
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PlatformStub(server, jobs, texts);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private jobOf(host: string, path: string): string {
    if (host === `${NODE_ADDRESS}:10250`) return path === "/metrics" ? "kubelet" : "cadvisor";
    return this.jobs.get(host) ?? "";
  }
}

interface Template {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/** @returns the component that answers at an address */
function putPods(api: KubernetesApi): ReadonlyMap<string, string> {
  const jobs = new Map<string, string>();
  let last = 10;
  const put = (name: string, namespace: string, pod: { metadata: object; spec: object }): string => {
    last += 1;
    const ip = "hostNetwork" in pod.spec ? NODE_ADDRESS : `10.42.0.${last}`;
    const metadata = { ...pod.metadata, name, namespace } as ApiObject["metadata"];
    const status = { phase: "Running", podIP: ip, podIPs: [{ ip }] };
    api.put({ apiVersion: "v1", kind: "Pod", metadata, spec: { ...pod.spec, nodeName: NODE }, status });
    return ip;
  };
  for (const kind of ["Deployment", "StatefulSet", "DaemonSet"]) {
    for (const { metadata, spec } of api.list(kind)) {
      const { template } = spec as { template: Template };
      const ip = put(`${metadata.name}-0`, metadata.namespace ?? "default", template);
      const { labels, annotations } = template.metadata;
      const port = annotations?.["prometheus.io/port"];
      if (port !== undefined) jobs.set(`${ip}:${port}`, labels["app.kubernetes.io/name"] ?? "");
    }
  }
  for (const [name, port] of Object.entries(ARGOCD)) {
    const labels = {
      "app.kubernetes.io/name": name,
      "app.kubernetes.io/component": name,
      "app.kubernetes.io/part-of": "argocd",
    };
    const ports = [{ containerPort: 8080 }, { containerPort: port }].map((each) => ({
      ...each,
      protocol: "TCP",
    }));
    const ip = put(`${name}-0`, "argocd", { metadata: { labels }, spec: { containers: [{ name, ports }] } });
    jobs.set(`${ip}:${port}`, "argocd");
  }
  return jobs;
}
