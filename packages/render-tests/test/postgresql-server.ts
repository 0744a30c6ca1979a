import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Exporter } from "./exporter.ts";
import { freePort } from "./free-port.ts";
import { type Container, Machine, type Secrets } from "./real-pod.ts";
import { eventually, type Result, type Running, run, start } from "./real-program.ts";
import { renderDataService } from "./render-data-service.ts";

/** The rendered PostgreSQL on a machine of its own: its pod, its Jobs, and clients. */
export class PostgresqlServer {
  /** What every program has written that has ended. */
  readonly logs: string[] = [];
  #server: Running | undefined;

  private constructor(
    private readonly programs: string,
    private readonly machine: Machine,
    readonly port: number,
    /** PGDATA. */
    readonly data: string,
    /** Where the dumps are. */
    readonly backups: string,
    /** What the pods find in their Secrets from now on. */
    public secrets: Secrets,
  ) {}

  static async create(programs: string, secrets: Secrets): Promise<PostgresqlServer> {
    const machine = await Machine.create(await renderDataService("postgresql"));
    const { env, host } = await machine.container("StatefulSet", "postgresql", secrets);
    return new PostgresqlServer(
      programs,
      machine,
      await freePort(),
      env.PGDATA ?? "",
      host("/backups"),
      secrets,
    );
  }

  async remove(): Promise<void> {
    this.#server?.signal("SIGQUIT");
    await this.#server?.ended;
    await this.machine.remove();
  }

  /** Starts the server's pod, and does not wait. */
  async boot(): Promise<Running> {
    const container = await this.machine.container("StatefulSet", "postgresql", this.secrets);
    const socket = container.host("/var/run/postgresql");
    const here = ["-c", `port=${this.port}`, "-c", `unix_socket_directories=${socket}`];
    return this.begin(container, here);
  }

  async bootUntilReady(): Promise<void> {
    const server = await this.boot();
    this.#server = server;
    const args = ["-h", "127.0.0.1", "-p", String(this.port)];
    const ready = async (): Promise<boolean> => {
      return (await run(join(this.programs, "pg_isready"), args)).exitCode === 0;
    };
    await eventually("PostgreSQL accepts connections", ready, server);
  }

  /** As the pod's preStop hook does. */
  async stop(): Promise<Result> {
    if (this.#server === undefined) throw new Error("the server was not started");
    this.#server.signal("SIGINT");
    return this.finish(this.#server);
  }

  async provision(): Promise<Result> {
    return this.finish(this.begin(await this.machine.container("Job", "postgresql-provision", this.secrets)));
  }

  async backup(env: Readonly<Record<string, string>> = {}): Promise<Result> {
    const container = await this.machine.container("CronJob", "postgresql-backup", this.secrets);
    return this.finish(this.begin(container, [], env));
  }

  /** The drill, and what is left of its directory. */
  async drill(env: Readonly<Record<string, string>> = {}): Promise<Result & { readonly left: string[] }> {
    const container = await this.machine.container("CronJob", "postgresql-drill", this.secrets);
    const result = await this.finish(this.begin(container, [], env));
    return { ...result, left: await readdir(container.host("/scratch")) };
  }

  /** As with `kubectl exec`; here over TCP, because the socket admits only a system user named postgres. */
  async restore(...args: readonly string[]): Promise<Result> {
    return this.restoreWith({}, ...args);
  }

  /** The same with further variables in the environment. */
  async restoreWith(further: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Result> {
    const container = await this.machine.container("StatefulSet", "postgresql", this.secrets);
    const command = ["sh", container.host("/etc/postgresql/restore.sh")];
    const env = { PGPASSWORD: this.secrets.postgresql?.password ?? "" };
    return this.finish(this.begin({ ...container, command }, args, { ...env, ...further }));
  }

  /** The exporter beside the server. */
  async exporter(program: string): Promise<Exporter> {
    const container = await this.machine.container("StatefulSet", "postgresql", this.secrets, "metrics");
    return Exporter.start(program, container, 9187, { "127.0.0.1:5432": `127.0.0.1:${this.port}` });
  }

  async dumps(database: string): Promise<string[]> {
    return (await readdir(join(this.backups, database))).sort();
  }

  /** What psql answers, errors included. */
  async sql(user: string, password: string | undefined, database: string, text: string): Promise<string> {
    const target = ["-h", "127.0.0.1", "-p", String(this.port), "-U", user, "-d", database];
    const { stdout, stderr } = await run(join(this.programs, "psql"), ["-XAtq", ...target, "-c", text], {
      env: { PGPASSWORD: password ?? "" },
    });
    return (stdout + stderr).trim();
  }

  asSuperuser(text: string): Promise<string> {
    return this.sql("postgres", this.secrets.postgresql?.password, "postgres", text);
  }

  asMlflow(text: string, database = "mlflow"): Promise<string> {
    return this.sql("mlflow", this.secrets["postgresql-mlflow"]?.password, database, text);
  }

  private begin(
    { command: [program = "", ...command], env }: Container,
    args: readonly string[] = [],
    further: Readonly<Record<string, string>> = {},
  ): Running {
    const PATH = `${this.programs}:${process.env.PATH}`;
    const here = { PATH, PGHOST: "127.0.0.1", PGPORT: String(this.port) };
    return start(program, [...command, ...args], {
      env: { ...env, ...here, ...further },
      unprivileged: true,
    });
  }

  private async finish(program: Running): Promise<Result> {
    const result = await program.ended;
    this.logs.push(result.stdout, result.stderr);
    return result;
  }
}
