import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { freePort } from "./free-port.ts";
import { askHttps, type HttpsOptions, type HttpsResponse } from "./https.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import { Machine, NODE, type Secrets } from "./real-pod.ts";
import { eventually, handOver, type Running, start } from "./real-program.ts";
import { renderPlatform } from "./render-platform.ts";

export const PASSWORD = "open sesame";
/** Of admin and {@link PASSWORD}. */
const HTPASSWD = "admin:$2y$04$LK8o8O.o43DmW.URwW9Nb.oGvde.skxS89JalshHp13HTx/pC284y\n";

const PORTS = ["web", "websecure", "ping", "metrics"] as const;

/** Traefik as rendered, with the Ingresses of the platform and what is behind them on this machine. */
export class TraefikPod {
  private constructor(
    readonly manifests: ManifestIndex,
    readonly api: KubernetesApi,
    readonly ports: Readonly<Record<(typeof PORTS)[number], number>>,
    private readonly machine: Machine,
    private readonly backend: Server,
    readonly traefik: Running,
  ) {}

  static async start(
    program: string,
    settings: readonly string[] = [],
    secrets: Secrets = {},
  ): Promise<TraefikPod> {
    const free = await Promise.all(PORTS.map(() => freePort()));
    const ports = Object.fromEntries(PORTS.map((name, at) => [name, free[at] ?? 0])) as Record<
      (typeof PORTS)[number],
      number
    >;
    const chosen = PORTS.map((name) => `infrastructure.traefik.ports.${name}=${ports[name]}`);
    const manifests = await renderPlatform([...chosen, ...settings]);
    const backend = await startBackend();
    const api = await KubernetesApi.start(manifests, { namespace: "traefik", name: "traefik" });
    api.putEndpoints((backend.address() as AddressInfo).port, NODE);
    const machine = await Machine.create(manifests);
    const container = await machine.container("Deployment", "traefik", {
      "traefik-dashboards": { htpasswd: HTPASSWD },
      ...secrets,
    });
    // The file names paths of the container.
    const dynamic = join(container.host("/etc/traefik/dynamic"), "dynamic.yaml");
    const text = await readFile(dynamic, "utf8");
    await writeFile(
      dynamic,
      text.replaceAll(/\/etc\/traefik\/\S+/g, (path) => container.host(path)),
    );
    const kubeconfig = join(machine.directory, "kubeconfig");
    await api.writeKubeconfig(kubeconfig);
    await handOver(machine.directory);
    const [, ...args] = container.command;
    const env = { ...container.env, KUBECONFIG: kubeconfig };
    const traefik = start(program, args, { env, unprivileged: true });
    const pod = new TraefikPod(manifests, api, ports, machine, backend, traefik);
    try {
      await eventually("/ping answers", async () => (await pod.ping()) === 200, traefik);
    } catch (error) {
      await pod.stop();
      throw error;
    }
    return pod;
  }

  async stop(): Promise<void> {
    this.traefik.signal("SIGKILL");
    await this.traefik.ended;
    await this.api.stop();
    this.backend.closeAllConnections();
    this.backend.close();
    await this.machine.remove();
  }

  /** The status of /ping; 0 when nobody listens. */
  async ping(): Promise<number> {
    return fetch(`http://127.0.0.1:${this.ports.ping}/ping`).then(
      ({ status }) => status,
      () => 0,
    );
  }

  async routes(host: string): Promise<boolean> {
    return this.ask(host, "/").then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  ask(host: string, path: string, options: HttpsOptions = {}): Promise<HttpsResponse> {
    return askHttps(this.ports.websecure, host, path, options);
  }
}

/** Says what reached it: method, path and headers as they came, and how long the body was. */
async function startBackend(): Promise<Server> {
  const server = createServer((request, response) => {
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
    });
    request.on("end", () => {
      const { method, url, headers } = request;
      response.end(JSON.stringify({ method, url, headers, length }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
