import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { type CliResult, runCli } from "./run-cli.ts";
import { SecretsCluster } from "./secrets-cluster.ts";

/** Where the sources are. */
export const SYSTEM = "platform-system";

interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What tests of `platform secrets` have in common; made before the first, removed after the last. */
export class LedgerTests {
  readonly folder = mkdtempSync(join(tmpdir(), "platform-secrets-"));
  #number = 0;
  /** The ledger's names and keys, as the platform itself says them. */
  #manifests: readonly { namespace: string; name: string; keys: readonly string[] }[] = [];
  #workloads: readonly Workload[] = [];

  constructor() {
    beforeAll(() => this.#open(), 120_000);
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  async #open(): Promise<void> {
    const { stdout } = await runCli(["secrets", "template"], { cwd: this.folder });
    this.#manifests = stdout
      .split("---\n")
      .slice(1)
      .map((text) => ({
        namespace: / {2}namespace: (.+)/.exec(text)?.[1] ?? "",
        name: / {2}name: (.+)/.exec(text)?.[1] ?? "",
        keys: [...(text.split("stringData:\n")[1] ?? "").matchAll(/^ {2}([a-z-]+):/gm)].map(
          ([, key = ""]) => key,
        ),
      }));
    const rendered = (await runCli(["render"], { cwd: this.folder })).stdout;
    this.#workloads = rendered.split(/^---$/m).flatMap((text) => {
      const kind = /^kind: (Deployment|StatefulSet|DaemonSet|Job)$/m.exec(text)?.[1];
      if (kind === undefined) return [];
      const name = /^ {2}name: "?([^"\n]+)/m.exec(text)?.[1] ?? "";
      return [{ kind, name, namespace: /^ {2}namespace: "?([^"\n]+)/m.exec(text)?.[1] ?? "" }];
    });
  }

  /** The rendered workload whose name begins so. */
  workload(beginning: string): string {
    return this.#workloads.find(({ name }) => name.startsWith(beginning))?.name ?? "";
  }

  emptyCluster(): SecretsCluster {
    this.#number += 1;
    return new SecretsCluster(join(this.folder, `cluster-${this.#number}`));
  }

  /** A cluster that has everything; each value is `old-<Secret>-<key>`. */
  fullCluster(): SecretsCluster {
    const cluster = this.emptyCluster();
    for (const { namespace, name, keys } of this.#manifests) {
      const values = Object.fromEntries(keys.map((key) => [key, `old-${name}-${key}`]));
      cluster.putSecret(namespace, name, values);
      cluster.putSecret(SYSTEM, name, values);
    }
    for (const { kind, namespace, name } of this.#workloads) {
      cluster.put(kind, namespace, name, kind === "Job" ? { spec: { template: { spec: {} } } } : {});
    }
    return cluster;
  }

  secrets(cluster: SecretsCluster, ...words: string[]): Promise<CliResult> {
    return runCli(["secrets", ...words], { cwd: this.folder, env: cluster.env });
  }

  /** As {@link LedgerTests.secrets}, where somebody types `answer`; readline takes a pipe for a terminal if it says so. */
  atTerminal(cluster: SecretsCluster, answer: string, ...words: string[]): Promise<CliResult> {
    const terminal = "process.stdin.isTTY=true;process.stdin.setRawMode=()=>process.stdin";
    const env = { ...cluster.env, NODE_OPTIONS: `--import=data:text/javascript,${terminal}` };
    return runCli(["secrets", ...words], { cwd: this.folder, env, stdin: answer });
  }
}

/** No value may be on a screen, in an argument or in a file that is not encrypted. */
export function expectNoValue(
  cluster: SecretsCluster,
  { stdout, stderr }: CliResult,
  ...values: string[]
): void {
  const seen = [stdout, stderr, ...cluster.calls().map(({ args }) => args.join(" "))].join("\n");
  for (const value of values) {
    expect(seen).not.toContain(value);
    expect(seen).not.toContain(Buffer.from(value).toString("base64"));
  }
}
