import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { eventually, type Running, start } from "./real-program.ts";

/** A real registry on loopback without TLS, which forgets everything when it is stopped. */
export class PlainRegistry {
  private constructor(
    /** `127.0.0.1:…` */
    readonly host: string,
    private readonly directory: string,
    private readonly process: Running,
  ) {}

  /** @param htpasswd who may come in; anybody when it is not given */
  static async start(program: string, htpasswd?: string): Promise<PlainRegistry> {
    const directory = await mkdtemp(join(tmpdir(), "registry-"));
    const host = `127.0.0.1:${await freePort()}`;
    const passwords = join(directory, "htpasswd");
    if (htpasswd !== undefined) await writeFile(passwords, htpasswd);
    const configuration = {
      version: "0.1",
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(directory, "data") } },
      http: { addr: host },
      ...(htpasswd === undefined ? {} : { auth: { htpasswd: { realm: "charts", path: passwords } } }),
    };
    const file = join(directory, "config.json");
    await writeFile(file, JSON.stringify(configuration));
    const env = { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: "none" };
    const running = start(program, ["serve", file], { env });
    const isUp = async (): Promise<boolean> =>
      (await fetch(`http://${host}/v2/`).catch(() => undefined)) !== undefined;
    await eventually(`an answer at ${host}`, isUp, running);
    return new PlainRegistry(host, directory, running);
  }

  /** The digest of the only layer of a chart: its archive. */
  async archiveDigest(name: string, version: string): Promise<string | undefined> {
    const headers = { accept: "application/vnd.oci.image.manifest.v1+json" };
    const response = await fetch(`http://${this.host}/v2/${name}/manifests/${version}`, { headers });
    if (!response.ok) return undefined;
    const { layers } = (await response.json()) as { layers: { digest: string }[] };
    return layers.length === 1 ? layers[0]?.digest.replace("sha256:", "") : undefined;
  }

  async stop(): Promise<void> {
    this.process.signal("SIGKILL");
    await this.process.ended;
    await rm(this.directory, { recursive: true });
  }
}
