import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { Browser } from "./browser.ts";
import { freePort } from "./free-port.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import { PostgresqlServer } from "./postgresql-server.ts";
import { type PythonPrograms, pythonPrograms } from "./python-programs.ts";
import { type Container, Machine, type Secrets } from "./real-pod.ts";
import { eventually, handOver, type Running, run, start } from "./real-program.ts";
import { renderDataService } from "./render-data-service.ts";
import { cachedTool } from "./tool-cache.ts";

/** What k8s-hub 4.4.2 holds. */
export function hubPrograms(python: string): Promise<PythonPrograms> {
  return pythonPrograms(python, "jupyterhub-5.5.4", [
    "jupyterhub==5.5.4",
    "jupyterhub-kubespawner==7.0.0",
    "jupyterhub-nativeauthenticator==1.3.0",
    "jupyterhub-idle-culler==1.4.0",
    "psycopg2-binary==2.9.11",
  ]);
}

/** The version of the image that the plan pins; a test holds the two together. */
export const PROXY_VERSION = "5.3.0";

/**
 * The script of the real proxy, from npm.
 *
 * @throws Error with npm's words when it cannot be had.
 */
export async function proxyProgram(): Promise<string> {
  const folder = await cachedTool(`configurable-http-proxy-${PROXY_VERSION}`, async (directory) => {
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", directory];
    const { exitCode, stderr } = await run("npm", [
      "install",
      ...options,
      `configurable-http-proxy@${PROXY_VERSION}`,
    ]);
    if (exitCode !== 0) throw new Error(`npm could not install configurable-http-proxy: ${stderr}`);
  });
  return join(folder, "node_modules/configurable-http-proxy/bin/configurable-http-proxy");
}

export interface JupyterhubPrograms {
  readonly hub: PythonPrograms;
  readonly proxy: string;
  /** The directory of PostgreSQL's programs. */
  readonly postgresql: string;
}

/** Hub and proxy as rendered, on the rendered PostgreSQL and a stand-in for the API server. */
export class JupyterhubPods {
  #hub: Running | undefined;
  #proxy: Running | undefined;

  private constructor(
    private readonly programs: JupyterhubPrograms,
    readonly manifests: ManifestIndex,
    readonly database: PostgresqlServer,
    readonly api: KubernetesApi,
    private readonly machine: Machine,
    private readonly ports: { readonly hub: number; readonly http: number; readonly api: number },
    /** What the pods find in their Secrets from the next start on. */
    public secrets: Secrets,
  ) {}

  static async create(programs: JupyterhubPrograms, secrets: Secrets): Promise<JupyterhubPods> {
    const [hub, http, api] = [await freePort(), await freePort(), await freePort()];
    const manifests = await renderDataService("jupyterhub", [
      `ml-platform.jupyterhub.hub.port=${hub}`,
      `ml-platform.jupyterhub.proxy.ports.http=${http}`,
      `ml-platform.jupyterhub.proxy.ports.api=${api}`,
    ]);
    return new JupyterhubPods(
      programs,
      manifests,
      await PostgresqlServer.create(programs.postgresql, secrets),
      await KubernetesApi.start(manifests, { namespace: "jupyter", name: "jupyterhub-hub" }),
      await Machine.create(manifests),
      { hub, http, api },
      secrets,
    );
  }

  async remove(): Promise<void> {
    for (const program of [this.#hub, this.#proxy]) {
      program?.signal("SIGTERM");
      await program?.ended;
    }
    await this.api.stop();
    await this.database.remove();
    await this.machine.remove();
  }

  /** The hub's init container. */
  async beginToWait(): Promise<Running> {
    return this.python(await this.machine.container("Deployment", "jupyterhub-hub", this.secrets, "wait"));
  }

  async startProxy(): Promise<void> {
    const container = await this.machine.container("Deployment", "jupyterhub-proxy", this.secrets);
    const [, ...args] = container.command.map((argument) => this.here(argument));
    const proxy = start(process.execPath, [this.programs.proxy, ...args], {
      env: container.env,
      unprivileged: true,
    });
    this.#proxy = proxy;
    await eventually("the proxy answers", () => this.answers("/_chp_healthz"), proxy);
  }

  async startHub(): Promise<void> {
    const container = await this.machine.container("Deployment", "jupyterhub-hub", this.secrets);
    const settings = join(container.host("/etc/jupyterhub"), "settings.json");
    await writeFile(settings, this.here(await readFile(settings, "utf8")));
    const kubeconfig = join(this.machine.directory, "kubeconfig");
    await this.api.writeKubeconfig(kubeconfig);
    await handOver(this.machine.directory);
    const hub = this.python(container, { KUBECONFIG: kubeconfig });
    this.#hub = hub;
    // Through the proxy: only then has the hub set its route.
    await eventually("the hub answers", () => this.answers("/hub/health"), hub, 100);
  }

  /** As the kubelet does; the servers of users go on. */
  async stopHub(): Promise<string> {
    if (this.#hub === undefined) throw new Error("the hub was not started");
    this.#hub.signal("SIGTERM");
    const { stdout, stderr } = await this.#hub.ended;
    return stdout + stderr;
  }

  /** Memory of the hub and what it has started, in MiB; what they share counts once. */
  async mebibytes(): Promise<number> {
    let kibibytes = 0;
    for (const entry of await readdir("/proc")) {
      const environment = await readFile(`/proc/${entry}/environ`, "latin1").catch(() => "");
      if (!environment.includes(this.machine.directory)) continue;
      const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
      if (!command.includes("jupyterhub")) continue;
      const sizes = await readFile(`/proc/${entry}/smaps_rollup`, "utf8").catch(() => "");
      kibibytes += Number(/^Pss:\s+(\d+) kB/m.exec(sizes)?.[1] ?? 0);
    }
    return kibibytes / 1024;
  }

  /** Asks as a browser does, by the proxy. */
  fetch(path: string, options: RequestInit = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.ports.http}${path}`, { redirect: "manual", ...options });
  }

  /** Asks the hub's API: who has no token is asked for name and password. */
  async ask(token: string | undefined, method: string, path: string, body?: unknown): Promise<Response> {
    return this.fetch(`/hub/api${path}`, {
      method,
      ...(token === undefined ? {} : { headers: { authorization: `token ${token}` } }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** A token for who knows the password; undefined for who does not. */
  async logIn(username: string, password: string | undefined): Promise<string | undefined> {
    const response = await this.ask(undefined, "POST", `/users/${username}/tokens`, {
      auth: { username, password },
    });
    if (!response.ok) return undefined;
    return ((await response.json()) as { token: string }).token;
  }

  /** Fills the sign-up form in and says what the page answers. */
  async signUp(username: string, password: string): Promise<string> {
    const fields = { username, signup_password: password, signup_password_confirmation: password };
    const { text } = await this.browser().submit("/hub/signup", fields);
    return /<div class="alert[^>]*>\s*([\s\S]*?)\s*<\/div>/.exec(text)?.[1] ?? text;
  }

  /** Somebody's browser, at the proxy. */
  browser(): Browser {
    return new Browser(this.ports.http);
  }

  private async answers(path: string): Promise<boolean> {
    return (await this.fetch(path).catch(() => undefined))?.status === 200;
  }

  /** Names of Services, which only the cluster's DNS resolves. */
  private here(text: string): string {
    return text.replaceAll(/jupyterhub-(?:hub|proxy)\.jupyter\.svc/g, "127.0.0.1");
  }

  private python(
    { command: [program = "", ...args], env }: Container,
    further: Readonly<Record<string, string>> = {},
  ): Running {
    const here = {
      ...this.programs.hub.env,
      PATH: process.env.PATH,
      PGHOST: "127.0.0.1",
      PGPORT: String(this.database.port),
    };
    // The image's `jupyterhub` is a script that starts this module.
    const command = program === "jupyterhub" ? ["-m", "jupyterhub", ...args] : args;
    return start(this.programs.hub.python, command, {
      env: { ...env, ...here, ...further },
      unprivileged: true,
    });
  }
}
