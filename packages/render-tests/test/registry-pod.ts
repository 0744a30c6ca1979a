import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { delimiter, join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { type Container, Machine } from "./real-pod.ts";
import { handOver } from "./real-program.ts";
import { RegistryClient } from "./registry-client.ts";
import type { RegistryTools } from "./registry-program.ts";
import { RegistryServer } from "./registry-server.ts";

/** Two accounts of the same user, in bcrypt at its lowest cost. */
const FIRST = {
  account: "platform:first password",
  htpasswd: "platform:$2a$04$kzTOsFbgraDtw7KP3DSJoOrNkAbjPv65CdtHhkGrjsIjh5.Mb4bhe\n",
};
export const SECOND = {
  account: "platform:second password",
  htpasswd: "platform:$2a$04$OZmXY.D4ULh2WoQ3a9T89e.m3kqSPRNAp6nwWBOqCGwYXyBtH43Iy\n",
};

const SECRETS = {
  "registry-auth": { htpasswd: FIRST.htpasswd },
  "registry-http": { secret: "signs the state of uploads" },
};

/** What the log says each time the script has looked at a stopped clock. */
export const CLOCK_READ = "the clock was read";
const COLLECTOR_WAITS = "the collector waits at the gate";

/** The registry's pod on this machine: its volume outlives the servers that are started on it. */
export class RegistryPod {
  readonly origin: string;
  readonly debugOrigin: string;
  readonly client: RegistryClient;
  readonly #servers: RegistryServer[] = [];

  private constructor(
    private readonly machine: Machine,
    readonly container: Container,
    private readonly shell: readonly string[],
    private readonly path: string,
    ports: { readonly http: number; readonly debug: number },
  ) {
    this.origin = `http://127.0.0.1:${ports.http}`;
    this.debugOrigin = `http://127.0.0.1:${ports.debug}`;
    this.client = new RegistryClient(this.origin, FIRST.account);
  }

  /**
   * Mounts what the rendering mounts, with paths and ports of this machine, and puts a gate before the program
   * that can hold a collection.
   */
  static async create(manifests: ManifestIndex, { program, shell }: RegistryTools): Promise<RegistryPod> {
    const machine = await Machine.create(manifests);
    const container = await machine.container("Deployment", "registry", SECRETS);
    const ports = { http: await portBelowClients(), debug: await portBelowClients() };
    for (const name of ["config.yml", "config-read-only.yml"]) {
      const file = container.host(`/etc/registry/config/${name}`);
      const config = (await readFile(file, "utf8"))
        .replace("/var/lib/registry", container.host("/var/lib/registry"))
        .replace("/etc/registry/auth", container.host("/etc/registry/auth"))
        .replace("addr: :5000", `addr: 127.0.0.1:${ports.http}`)
        .replace("addr: :5001", `addr: 127.0.0.1:${ports.debug}`);
      await writeFile(file, config);
    }
    const path = join(machine.directory, "bin");
    await mkdir(path);
    const pod = new RegistryPod(machine, container, shell, path, ports);
    await writeFile(join(path, "registry"), gated(program, pod.gate), { mode: 0o755 });
    await handOver(machine.directory);
    return pod;
  }

  /** While this file exists, a collection stands still before it begins. */
  private get gate(): string {
    return join(this.machine.directory, "gate");
  }

  get data(): string {
    return this.container.host("/var/lib/registry");
  }

  /**
   * Stops the script's clock at a moment, `3 03:30`: weekday (1 is Monday) and time. It looks at it every tenth
   * of a second.
   */
  async stopClock(moment: string): Promise<void> {
    const date = [
      "#!/bin/sh",
      `if [ "$2" != '+%u %H:%M' ]; then exec /bin/date "$@"; fi`,
      `echo '${CLOCK_READ}' >&2`,
      `echo '${moment}'`,
    ];
    await writeFile(join(this.path, "date"), date.join("\n"), { mode: 0o755 });
    await writeFile(join(this.path, "sleep"), "#!/bin/sh\nexec /bin/sleep 0.1\n", { mode: 0o755 });
  }

  /** Starts the container: the rendered command, in the image's shell, with the rendered environment. */
  async start(environment: Record<string, string> = {}): Promise<RegistryServer> {
    const [, ...script] = this.container.command;
    const env = {
      ...this.container.env,
      COLLECT_AT: "",
      PATH: [this.path, process.env.PATH ?? ""].join(delimiter),
      ...environment,
    };
    const server = new RegistryServer(await spawnAs(this.machine.directory, [...this.shell, ...script], env));
    this.#servers.push(server);
    return server;
  }

  /** Starts the container and waits for its first answer. */
  async serve(environment: Record<string, string> = {}): Promise<RegistryServer> {
    const server = await this.start(environment);
    await this.#answers(server);
    return server;
  }

  async collect(server: RegistryServer): Promise<void> {
    server.signal("SIGUSR1");
    await this.finishCollection(server);
  }

  async finishCollection(server: RegistryServer): Promise<void> {
    await server.logged("garbage collected");
    await server.logged("serving pulls and pushes", 2);
    await this.#answers(server);
  }

  /** Begins a collection that stands still until the gate is opened. */
  async holdCollection(server: RegistryServer): Promise<void> {
    await writeFile(this.gate, "");
    server.signal("SIGUSR1");
    await server.logged(COLLECTOR_WAITS);
    await this.#answers(server);
  }

  async openGate(): Promise<void> {
    await rm(this.gate);
  }

  async #answers(server: RegistryServer): Promise<void> {
    const isUp = async (): Promise<boolean> => {
      const response = await fetch(this.origin, { headers: { connection: "close" } }).catch(() => undefined);
      return response?.status === 200;
    };
    await server.eventually(`an answer at ${this.origin}`, isUp);
  }

  async remove(): Promise<void> {
    for (const server of this.#servers) server.killAll();
    await Promise.all(this.#servers.map((server) => server.exit));
    await this.machine.remove();
  }
}

/** As the owner of the directory: whoever tests as root must not pass where permissions fail. */
async function spawnAs(
  directory: string,
  command: readonly string[],
  env: Record<string, string>,
): Promise<ChildProcess> {
  const { uid, gid } = await stat(directory);
  const [program = "", ...args] = command;
  return spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"], cwd: "/", env, uid, gid });
}

function gated(program: string, gate: string): string {
  return `#!/bin/sh
if [ "$1" = garbage-collect ] && [ -e '${gate}' ]; then
  echo '${COLLECTOR_WAITS}'
  while [ -e '${gate}' ]; do sleep 0.02; done
fi
exec '${program}' "$@"
`;
}

/**
 * Below the range from which the system takes the ports of clients: a client of another test could hold the port
 * at the moment at which the registry is exchanged.
 */
async function portBelowClients(): Promise<number> {
  const server = createServer().listen(randomInt(20_000, 32_000), "127.0.0.1");
  const taken = await Promise.race([
    once(server, "listening").then(() => false),
    once(server, "error").then(() => true),
  ]);
  if (taken) return portBelowClients();
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
