import { readdir, readFile } from "node:fs/promises";
import { freePort } from "./free-port.ts";
import { askHttp, type HttpAnswer } from "./http.ts";
import { ObjectStoreStandIn } from "./object-store-stand-in.ts";
import { PostgresqlServer } from "./postgresql-server.ts";
import { type PythonPrograms, pythonPrograms } from "./python-programs.ts";
import { type Container, Machine, type Secrets } from "./real-pod.ts";
import { eventually, type Result, type Running, start } from "./real-program.ts";
import { renderDataService } from "./render-data-service.ts";

/** The version of the image that the plan pins; a test holds the two together. */
export const MLFLOW_VERSION = "3.16.1";

/** What `mlflow:…-full` holds of it. */
export function mlflowPrograms(python: string): Promise<PythonPrograms> {
  const packages = [`mlflow[auth]==${MLFLOW_VERSION}`, "psycopg2-binary==2.9.11", "boto3"];
  return pythonPrograms(python, `mlflow-${MLFLOW_VERSION}`, packages);
}

interface Ask {
  readonly path: string;
  readonly method?: string;
  /** The Host header; default: the Service's name. */
  readonly host?: string;
  readonly account?: readonly [name: string, password: string | undefined];
  readonly origin?: string;
  readonly body?: unknown;
}

/** MLflow as rendered, on the rendered PostgreSQL and a stand-in for the object store. */
export class MlflowPod {
  #server: Running | undefined;

  private constructor(
    private readonly programs: PythonPrograms,
    readonly database: PostgresqlServer,
    readonly store: ObjectStoreStandIn,
    private readonly machine: Machine,
    readonly port: number,
    /** What the pod finds in its Secrets from the next start on. */
    public secrets: Secrets,
  ) {}

  static async create(programs: PythonPrograms, postgresql: string, secrets: Secrets): Promise<MlflowPod> {
    const port = await freePort();
    const manifests = await renderDataService("mlflow", [`ml-platform.mlflow.port=${port}`]);
    const database = await PostgresqlServer.create(postgresql, secrets);
    const [machine, store] = await Promise.all([Machine.create(manifests), ObjectStoreStandIn.start()]);
    return new MlflowPod(programs, database, store, machine, port, secrets);
  }

  async remove(): Promise<void> {
    this.#server?.signal("SIGKILL");
    await this.#server?.ended;
    await this.store.stop();
    await this.database.remove();
    await this.machine.remove();
  }

  /** The init container, to its end. */
  async prepare(): Promise<Result> {
    return (await this.beginToPrepare()).ended;
  }

  async beginToPrepare(): Promise<Running> {
    const container = await this.machine.container("Deployment", "mlflow", this.secrets, "prepare");
    return this.begin(container);
  }

  async serve(): Promise<void> {
    const container = await this.machine.container("Deployment", "mlflow", this.secrets);
    const server = this.begin(container);
    this.#server = server;
    const answers = async (): Promise<boolean> =>
      (await this.ask({ path: "/health" }).catch(() => undefined))?.status === 200;
    await eventually("MLflow answers", answers, server, 100);
  }

  /** As the kubelet does. */
  async stop(): Promise<Result> {
    if (this.#server === undefined) throw new Error("the server was not started");
    this.#server.signal("SIGTERM");
    return this.#server.ended;
  }

  /** Memory of the server and all that it has started, in MiB; what they share counts once. */
  async mebibytes(): Promise<number> {
    const pids = await familyOf(this.#server?.pid ?? 0);
    const sizes = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/smaps_rollup`, "utf8")));
    const kibibytes = sizes.map((text) => Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]));
    return kibibytes.reduce((sum, size) => sum + size, 0) / 1024;
  }

  async processes(): Promise<number> {
    return (await familyOf(this.#server?.pid ?? 0)).length;
  }

  ask({
    path,
    method = "GET",
    host = "mlflow.mlflow.svc:5000",
    account,
    origin,
    body,
  }: Ask): Promise<HttpAnswer> {
    const headers: Record<string, string> = { host, "content-type": "application/json" };
    if (account !== undefined)
      headers.authorization = `Basic ${Buffer.from(account.join(":")).toString("base64")}`;
    if (origin !== undefined) headers.origin = origin;
    return askHttp({
      port: this.port,
      path,
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  private begin({ command: [program = "", ...args], env }: Container): Running {
    const here = {
      ...this.programs.env,
      PATH: process.env.PATH,
      PGHOST: "127.0.0.1",
      PGPORT: String(this.database.port),
      MLFLOW_S3_ENDPOINT_URL: this.store.origin,
    };
    // The image's `mlflow` is a script that starts this module.
    const command = program === "mlflow" ? ["-m", "mlflow", ...args] : args;
    return start(this.programs.python, command, { env: { ...env, ...here }, unprivileged: true });
  }
}

async function familyOf(pid: number): Promise<number[]> {
  const family = [pid];
  const parents = new Map<number, number>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    parents.set(Number(entry), Number(/\) \S (\d+)/.exec(stat)?.[1]));
  }
  // What is pushed meanwhile is visited too.
  for (const member of family)
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}
