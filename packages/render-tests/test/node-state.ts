import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MachineSandbox } from "./machine-sandbox.ts";
import { type Result, run } from "./real-program.ts";

export const SERVER = "var/lib/rancher/k3s/server";
export const STATE = `${SERVER}/db/state.db`;
export const VOLUMES = "var/lib/rancher/k3s/storage";
export const GRAFANA = `${VOLUMES}/pvc-1_monitoring_grafana/grafana.db`;
export const METRICS = "var/lib/platform/metrics/backup.prom";

/** As the page on backups has it made; once, since it takes a while. */
let made: Promise<{ readonly key: string; readonly certificate: string }> | undefined;

function keyPair(): NonNullable<typeof made> {
  made ??= (async () => {
    const options = ["-newkey", "rsa:4096", "-subj", "/CN=backup", "-days", "7300", "-nodes"];
    const { stdout } = await run("openssl", ["req", "-x509", ...options, "-keyout", "-", "-out", "-"]);
    const at = stdout.indexOf("-----BEGIN CERTIFICATE");
    return { key: stdout.slice(0, at), certificate: stdout.slice(at) };
  })();
  return made;
}

/** A machine with K3s' state and Grafana's database, a place for copies, and the key that opens them. */
export class NodeState extends MachineSandbox {
  readonly nas = join(this.folder, "nas of mine");
  readonly key = join(this.folder, "backup.key");
  readonly #shell: readonly string[];

  private constructor(shell: readonly string[], changes: { readonly [command: string]: string }) {
    super(changes);
    this.#shell = shell;
  }

  static async create(
    shell: readonly string[],
    changes: { readonly [command: string]: string } = {},
  ): Promise<NodeState> {
    const machine = new NodeState(shell, changes);
    mkdirSync(machine.nas);
    const { key, certificate } = await keyPair();
    writeFileSync(machine.key, key);
    writeFileSync(join(machine.folder, "backup.crt"), certificate);
    machine.installK3s("v1.36.3+k3s1");
    machine.write(`${SERVER}/token`, "K10secret::server:token\n");
    machine.write(`${SERVER}/tls/server-ca.key`, "the authority's key\n");
    machine.write(`${SERVER}/cred/encryption-config.json`, "{}\n");
    machine.write("etc/rancher/k3s/config.yaml", "disable: [traefik]\n");
    machine.write("etc/rancher/node/password", "of this node\n");
    machine.write(`${SERVER}/db/x`, "");
    await machine.sqlite(
      STATE,
      `PRAGMA journal_mode=WAL; CREATE TABLE kine (id INTEGER PRIMARY KEY, name TEXT, value BLOB);
       INSERT INTO kine (name, value) VALUES ('/registry/secrets/data/postgresql', 'cipher'),
         ('/registry/namespaces/data', '{}'), ('/registry/namespaces/data', '{ }'), ('/registry/events/data/x', '')`,
    );
    machine.write(GRAFANA, "");
    await machine.sqlite(GRAFANA, "CREATE TABLE user (login TEXT); INSERT INTO user VALUES ('admin')");
    machine.configure();
    return machine;
  }

  /** K3s as the scripts ask it: its version, and the volume of Grafana's claim. */
  installK3s(version: string, volume = "echo -n pvc-1"): void {
    const answers = `--version) echo "k3s version ${version} (test)" ;;\n*pvc*) ${volume} ;;`;
    this.install("usr/local/bin/k3s", `#!/bin/sh\ncase "$*" in\n${answers}\nesac\n`);
  }

  configure(further = "BACKUP_ON_THIS_DISK=yes", keep = "2"): void {
    const certificate = join(this.folder, "backup.crt");
    const lines = [`BACKUP_DIRECTORY='${this.nas}'`, `BACKUP_CERTIFICATE=${certificate}`];
    this.write("etc/platform/backup.conf", [...lines, `BACKUP_KEEP=${keep}`, further, ""].join("\n"));
  }

  sqlite(path: string, text: string): Promise<Result> {
    return run("sqlite3", [join(this.root, path), text]);
  }

  backup(): Promise<Result> {
    return this.run(this.#shell, "common/etc/platform/backup.sh");
  }

  restore(
    file: string,
    args: readonly string[] = ["--check"],
    key = this.key,
    input?: string,
  ): Promise<Result> {
    return this.run(this.#shell, "restore.sh", [file, "--key", key, ...args], input);
  }

  copies(): readonly string[] {
    return readdirSync(this.nas).sort();
  }

  newest(): string {
    return join(this.nas, this.copies().at(-1) ?? "");
  }

  /** What the last run left for node-exporter, without comments. */
  metrics(): readonly string[] {
    return (this.read(METRICS) ?? "").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  }
}
