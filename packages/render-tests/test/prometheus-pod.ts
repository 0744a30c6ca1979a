import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { freePort } from "./free-port.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import { PlatformStub } from "./platform-stub.ts";
import { writePrometheusFiles } from "./prometheus-rules.ts";
import { Machine } from "./real-pod.ts";
import { eventually, handOver, type Running, start } from "./real-program.ts";
import { renderPlatform } from "./render-platform.ts";

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
  readonly scrapeUrl: string;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Prometheus as rendered, beside an API server that knows the platform's pods, and a stub that answers for them. */
export class PrometheusPod {
  private constructor(
    readonly manifests: ManifestIndex,
    readonly api: KubernetesApi,
    readonly stub: PlatformStub,
    readonly program: Running,
    /** The path of prometheus.yml. */
    readonly configuration: string,
    readonly origin: string,
    private readonly machine: Machine,
  ) {}

  static async start(file: string): Promise<PrometheusPod> {
    const port = await freePort();
    const short = ["interval", "timeout"].map((name) => `monitoring.prometheus.scrape.${name}=1s`);
    const manifests = await renderPlatform([`monitoring.prometheus.port=${port}`, ...short]);
    const api = await KubernetesApi.start(manifests, { namespace: "monitoring", name: "prometheus" });
    const stub = await PlatformStub.start(api);
    const machine = await Machine.create(manifests);
    const { command, env, host } = await machine.container("StatefulSet", "prometheus", {});
    const folder = join(machine.directory, "configuration");
    await mkdir(folder);
    const configuration = await writePrometheusFiles(manifests, folder);
    const kubeconfig = join(folder, "kubeconfig");
    await api.writeKubeconfig(kubeconfig);
    await writeFile(configuration, here(await readFile(configuration, "utf8"), kubeconfig, stub.origin));
    await handOver(machine.directory);
    const args = command
      .slice(1)
      .map((argument) => argument.replace(host("/etc/prometheus"), folder))
      .map((argument) => argument.replace("auto-reload-interval=30s", "auto-reload-interval=1s"));
    const program = start(file, args, { env, unprivileged: true });
    const origin = `http://127.0.0.1:${port}`;
    const pod = new PrometheusPod(manifests, api, stub, program, configuration, origin, machine);
    try {
      await eventually("it is ready", async () => (await pod.status("/-/ready")) === 200, program, 60);
    } catch (error) {
      await pod.stop();
      throw error;
    }
    return pod;
  }

  async status(path: string): Promise<number> {
    return fetch(this.origin + path).then(
      ({ status }) => status,
      () => 0,
    );
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.ask<{ activeTargets: Target[] }>("/api/v1/targets?state=active")).activeTargets;
  }

  /** The samples of an instant query. */
  async query(text: string): Promise<readonly Sample[]> {
    return (await this.ask<{ result: Sample[] }>(`/api/v1/query?query=${encodeURIComponent(text)}`)).result;
  }

  async ask<Data>(path: string): Promise<Data> {
    return ((await (await fetch(this.origin + path)).json()) as { data: Data }).data;
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.origin}/metrics`)).text();
  }

  async stop(): Promise<void> {
    this.program.signal("SIGTERM");
    await this.program.ended;
    await this.api.stop();
    await this.stub.stop();
    await this.machine.remove();
  }
}

/**
 * The API server is found by a file. Every scrape but its own goes through the stub as a proxy, which sees the address
 * that was meant; TLS would hide it.
 */
function here(text: string, kubeconfig: string, stub: string): string {
  return text
    .replaceAll(/^( *)- role: pod$/gm, `$&\n$1  kubeconfig_file: ${kubeconfig}`)
    .replaceAll("scheme: https", "scheme: http")
    .replaceAll(/^( *)- job_name: (?!prometheus$).*$/gm, `$&\n$1  proxy_url: ${stub}`);
}
