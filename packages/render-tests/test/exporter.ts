import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ManifestIndex } from "@t495/proof";
import { freePort } from "./free-port.ts";
import type { GoProgram } from "./go-program.ts";
import type { Container } from "./real-pod.ts";
import { eventually, type Running, start } from "./real-program.ts";

export const POSTGRESQL_EXPORTER: GoProgram = {
  module: "github.com/prometheus-community/postgres_exporter",
  version: "v0.19.1",
  folder: "./cmd/postgres_exporter",
  name: "postgres_exporter",
};

export const REDIS_EXPORTER: GoProgram = {
  module: "github.com/oliver006/redis_exporter",
  version: "v1.88.0",
  folder: ".",
  name: "redis_exporter",
};

/** The rendered exporter's container, run here: its program and its ports are this machine's. */
export class Exporter {
  private constructor(
    private readonly origin: string,
    private readonly running: Running,
    private readonly directory: string,
  ) {}

  /**
   * @param replacements texts of its environment and arguments that are otherwise here: the server's port
   */
  static async start(
    program: string,
    container: Container,
    metricsPort: number,
    replacements: Readonly<Record<string, string>>,
  ): Promise<Exporter> {
    const port = await freePort();
    const here = (text: string): string =>
      Object.entries({ ...replacements, [`:${metricsPort}`]: `127.0.0.1:${port}` }).reduce(
        (changed, [from, to]) => changed.replace(from, to),
        text,
      );
    // The cache is its maker's alone, and the exporter runs as another user.
    const directory = await mkdtemp(join(tmpdir(), "exporter-"));
    await chmod(directory, 0o755);
    const copy = join(directory, "exporter");
    await copyFile(program, copy);
    const env = Object.fromEntries(Object.entries(container.env).map(([name, text]) => [name, here(text)]));
    const running = start(copy, container.command.slice(1).map(here), { env, unprivileged: true });
    const exporter = new Exporter(`http://127.0.0.1:${port}`, running, directory);
    await eventually("the exporter answers", async () => (await exporter.status("/")) === 200, running);
    return exporter;
  }

  async status(path: string): Promise<number> {
    return fetch(this.origin + path).then(
      ({ status }) => status,
      () => 0,
    );
  }

  async scrape(): Promise<string> {
    return (await fetch(`${this.origin}/metrics`)).text();
  }

  log(): string {
    return this.running.stderr();
  }

  async stop(): Promise<void> {
    this.running.signal("SIGTERM");
    await this.running.ended;
    await rm(this.directory, { recursive: true });
  }
}

/** The image of a workload's exporter, as it is rendered. */
export function exporterImage(manifests: ManifestIndex, kind: string, name: string): string | undefined {
  const workload = manifests.find("apps", kind, "data", name)?.object as unknown as {
    spec: { template: { spec: { containers: { name: string; image: string }[] } } };
  };
  const { containers } = workload.spec.template.spec;
  return containers.find((container) => container.name === "metrics")?.image;
}
