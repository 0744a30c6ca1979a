import { mkdir, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { freePort } from "./free-port.ts";
import { askHttps, type HttpsResponse } from "./https.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import type { ApiObject } from "./kubernetes-object.ts";
import type { MetallbPrograms } from "./metallb-programs.ts";
import { Machine, NODE } from "./real-pod.ts";
import { eventually, handOver, type Running, start } from "./real-program.ts";
import { renderPlatform } from "./render-platform.ts";

const NAMESPACE = "metallb-system";
const CERTIFICATES = "/tmp/k8s-webhook-server/serving-certs";
/** No setting moves it. */
const WEBHOOK_PORT = 9443;

/** One of MetalLB's programs as rendered, beside an API server with the whole platform. */
export class MetallbPod {
  private constructor(
    readonly manifests: ManifestIndex,
    readonly api: KubernetesApi,
    readonly program: Running,
    private readonly machine: Machine,
    private readonly metricsPort: number,
  ) {}

  static async start(
    programs: MetallbPrograms,
    role: keyof MetallbPrograms,
    settings: readonly string[] = [],
  ): Promise<MetallbPod> {
    const [metrics, health] = [await freePort(), await freePort()];
    const ports = [
      `infrastructure.metallb.ports.metrics=${metrics}`,
      `infrastructure.metallb.ports.health=${health}`,
    ];
    const manifests = await renderPlatform([...ports, ...settings]);
    const name = `metallb-${role}`;
    const api = await KubernetesApi.start(manifests, { namespace: NAMESPACE, name });
    putCluster(api, `${name}-0`);
    const machine = await Machine.create(manifests);
    const kind = role === "controller" ? "Deployment" : "DaemonSet";
    const container = await machine.container(kind, name, { "metallb-webhook-cert": {} });
    const temporary = join(machine.directory, "tmp");
    await mkdir(join(temporary, "k8s-webhook-server"), { recursive: true });
    const certificates = container.host(CERTIFICATES);
    if (role === "controller")
      await symlink(certificates, join(temporary, "k8s-webhook-server/serving-certs"));
    const kubeconfig = join(machine.directory, "kubeconfig");
    await api.writeKubeconfig(kubeconfig);
    await handOver(machine.directory);
    const [, ...args] = container.command;
    const env = { ...container.env, KUBECONFIG: kubeconfig, TMPDIR: temporary };
    // Without privileges it opens no raw socket: whatever it announces, nobody on this network hears it.
    const program = start(programs[role], args, { env, unprivileged: true });
    const pod = new MetallbPod(manifests, api, program, machine, metrics);
    try {
      await pod.becomesReady(health, certificates);
    } catch (error) {
      await pod.stop();
      throw error;
    }
    return pod;
  }

  async stop(): Promise<void> {
    this.program.signal("SIGKILL");
    await this.program.ended;
    await this.api.stop();
    await this.machine.remove();
  }

  private async becomesReady(health: number, certificates: string): Promise<void> {
    // Only the controller mounts a certificate.
    if (certificates !== CERTIFICATES) await this.mountCertificate(certificates);
    const healthy = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${health}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually("it is ready", healthy, this.program);
  }

  /** What the webhook says to an object, as the API server asks it. */
  async review(object: object, operation = "CREATE"): Promise<{ allowed: boolean; message: string }> {
    const { kind, apiVersion } = object as ApiObject;
    const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
    const path = `/validate-metallb-io-${version}-${kind.toLowerCase()}`;
    const given = operation === "DELETE" ? { oldObject: object } : { object };
    const request = { uid: "1", operation, namespace: NAMESPACE, ...given };
    const body = [JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request })];
    const headers = { "content-type": "application/json" };
    const answer = await this.webhook(path, { method: "POST", headers, body });
    const { response } = JSON.parse(answer.body) as {
      response: { allowed: boolean; status?: { message?: string } };
    };
    return { allowed: response.allowed, message: response.status?.message ?? "" };
  }

  webhook(path: string, options: Parameters<typeof askHttps>[3] = {}): Promise<HttpsResponse> {
    return askHttps(WEBHOOK_PORT, `metallb-webhook-service.${NAMESPACE}.svc`, path, options);
  }

  metrics(headers: Readonly<Record<string, string>> = {}): Promise<HttpsResponse> {
    return askHttps(this.metricsPort, "localhost", "/metrics", { headers });
  }

  /** As the kubelet does once the controller has made the certificate. */
  private async mountCertificate(directory: string): Promise<void> {
    const data = (): Record<string, string> =>
      (this.api.get("Secret", NAMESPACE, "metallb-webhook-cert")?.data ?? {}) as Record<string, string>;
    await eventually("the certificate is made", async () => "tls.key" in data(), this.program);
    for (const [key, value] of Object.entries(data())) {
      await writeFile(join(directory, key), Buffer.from(value, "base64"));
    }
    await eventually("the webhook listens", () => listens(WEBHOOK_PORT), this.program);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** What others make or have left: the node, the program's own pod, addresses inside the cluster, endpoints. */
function putCluster(api: KubernetesApi, pod: string): void {
  api.put({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: NODE, labels: {} },
    status: { conditions: [] },
  });
  api.put({ apiVersion: "v1", kind: "Pod", metadata: { name: pod, namespace: NAMESPACE } });
  const earlier = [{ apiVersion: "v1", kind: "Pod", name: "earlier", uid: "earlier" }];
  for (const name of ["controller", `speaker-${NODE}`]) {
    const metadata = { name, namespace: NAMESPACE, ownerReferences: earlier };
    api.put({ apiVersion: "metallb.io/v1beta1", kind: "ConfigurationState", metadata });
  }
  for (const [at, service] of api.list("Service").entries()) {
    const clusterIP = `10.43.0.${at + 10}`;
    const spec = { ...(service.spec as object), clusterIP, clusterIPs: [clusterIP], ipFamilies: ["IPv4"] };
    api.put({ ...service, spec });
  }
  api.putEndpoints(8080, NODE);
}
