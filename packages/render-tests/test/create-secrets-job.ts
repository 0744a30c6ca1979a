import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManifestIndex } from "@t495/proof";
import { openTestPlatform } from "./open-platform.ts";
import { handOver, type Running, run, start } from "./real-program.ts";
import { SecretsApi, type Verb } from "./secrets-api.ts";

const SYSTEM = "platform-system";
const MOUNT = "/etc/create-secrets/";

/** How the ledger says that a value is made. */
interface Recipe {
  readonly type: "random" | "literal" | "htpasswd";
  readonly length: number;
  readonly value: string;
}

export interface LedgerEntry {
  readonly enabled: boolean;
  readonly component: string;
  readonly namespaces: readonly string[];
  readonly keys: Readonly<Record<string, Recipe>>;
}

/** A Python that runs the Job's program, and the program that makes certificates for the API server. */
export interface JobTools {
  readonly python: string;
  readonly openssl: string;
}

/** `PYTHON` names another interpreter than the one on the path. */
export async function findJobTools(): Promise<JobTools | undefined> {
  const tools = { python: process.env.PYTHON ?? "python3", openssl: "openssl" };
  const python = await run(tools.python, ["-c", "import ssl, sys; sys.exit(sys.version_info < (3, 9))"]);
  const openssl = await run(tools.openssl, ["version"]);
  return python.exitCode === 0 && /^OpenSSL [3-9]/.test(openssl.stdout) ? tools : undefined;
}

/** What Python and openssl are missing for. */
export const JOB_TOOLS_MISSING =
  "python3 (3.9 or newer) and openssl 3 are not here: `apt-get install python3 openssl`";

const platform = openTestPlatform();

/** Foundation's objects in the default profile. `settings` are further `--set` arguments. */
export async function renderFoundation(settings: readonly string[] = []): Promise<ManifestIndex> {
  const { manifests } = await (await platform).renderPart({ profile: "t495", settings }, "foundation");
  return new ManifestIndex(manifests);
}

/** The rendered ConfigMap's files. */
function jobFiles(manifests: ManifestIndex): Readonly<Record<string, string>> {
  return manifests.find("", "ConfigMap", SYSTEM, "create-secrets")?.object.data as Record<string, string>;
}

/** The ledger that the Job is given. */
export function jobLedger(manifests: ManifestIndex): Readonly<Record<string, LedgerEntry>> {
  return JSON.parse(jobFiles(manifests)["ledger.json"] ?? "");
}

/** The Job's container on this machine, with an API server that knows the rendered roles. */
export class CreateSecretsJob {
  private constructor(
    private readonly directory: string,
    private readonly tools: JobTools,
    private readonly manifests: ManifestIndex,
    private readonly tls: { readonly key: string; readonly cert: string },
  ) {}

  static async create(manifests: ManifestIndex, tools: JobTools): Promise<CreateSecretsJob> {
    const directory = await mkdtemp(join(tmpdir(), "create-secrets-"));
    for (const [name, text] of Object.entries(jobFiles(manifests)))
      await writeFile(join(directory, name), text);
    await writeFile(join(directory, "token"), "the-token\n");
    await makeCertificate(tools.openssl, directory, "ca", AUTHORITY);
    await makeCertificate(tools.openssl, directory, "other-ca", AUTHORITY);
    const tls = await makeCertificate(tools.openssl, directory, "server", SERVER, "ca");
    await handOver(directory);
    return new CreateSecretsJob(directory, tools, manifests, tls);
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  /** An API server without Secrets, with the plan's namespaces and what the rendering lets the Job do. */
  server(): SecretsApi {
    const namespaces = this.manifests.filter({ group: "", kind: "Namespace" }).map(({ name }) => name);
    return new SecretsApi({
      tls: this.tls,
      token: "the-token",
      namespaces,
      allows: ({ verb, namespace, name }) => this.#allows(verb, namespace, name),
    });
  }

  /** Starts the rendered command against a server. `ledger` replaces the rendered one. */
  async start(
    server: string,
    ledger?: Readonly<Record<string, LedgerEntry>>,
    further: readonly string[] = [],
  ): Promise<Running> {
    const [job] = this.manifests.filter({ kind: "Job", namespace: SYSTEM });
    if (job === undefined) throw new Error("the rendering has no Job");
    const { template } = job.object.spec as {
      template: { spec: { containers: readonly { command: readonly string[] }[] } };
    };
    const [, ...rendered] = template.spec.containers[0]?.command ?? [];
    const args = rendered.map((text) => text.replace(MOUNT, `${this.directory}/`));
    if (ledger !== undefined) {
      const file = join(this.directory, "another-ledger.json");
      await writeFile(file, JSON.stringify(ledger));
      args.push(`--ledger=${file}`);
    }
    args.push(`--server=${server}`, `--token-file=${this.file("token")}`, `--ca-file=${this.file("ca.crt")}`);
    // Cost 10 takes ten seconds.
    args.push("--bcrypt-cost=4", "--patience=20", ...further);
    return start(this.tools.python, args, { env: { PATH: process.env.PATH }, unprivileged: true });
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  /** RBAC as rendered: the RoleBinding of the namespace, its Role, the Role's rules. */
  #allows(verb: Verb, namespace: string, name: string): boolean {
    const bound = this.manifests.filter({ kind: "RoleBinding", namespace }).filter(({ object }) => {
      const { subjects } = object as unknown as { subjects: { name: string; namespace: string }[] };
      return subjects.some((subject) => subject.name === "create-secrets" && subject.namespace === SYSTEM);
    });
    return bound.some(({ object }) => {
      const { roleRef } = object as unknown as { roleRef: { name: string } };
      const role = this.manifests.find("rbac.authorization.k8s.io", "Role", namespace, roleRef.name)?.object;
      const { rules } = role as unknown as { rules: { verbs: string[]; resourceNames?: string[] }[] };
      return rules.some(
        ({ verbs, resourceNames }) => verbs.includes(verb) && (resourceNames?.includes(name) ?? true),
      );
    });
  }
}

const AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n";
/** Like those of many clusters, it does not name the key that signed it. */
const SERVER = "subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=none\n";

/** A certificate and its key, by the authority of another or by its own. */
async function makeCertificate(
  openssl: string,
  directory: string,
  name: string,
  extensions: string,
  authority?: string,
): Promise<{ key: string; cert: string }> {
  const config = join(directory, `${name}.cnf`);
  await writeFile(
    config,
    `[req]\nprompt=no\ndistinguished_name=name\nx509_extensions=extensions\n[name]\nCN=${name}\n[extensions]\n${extensions}`,
  );
  const file = (of: string, ending: string): string => join(directory, `${of}.${ending}`);
  const [key, cert] = [file(name, "key"), file(name, "crt")];
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  args.push("-config", config, "-keyout", key, "-out", cert);
  if (authority !== undefined) args.push("-CA", file(authority, "crt"), "-CAkey", file(authority, "key"));
  const made = await run(openssl, args);
  if (made.exitCode !== 0) throw new Error(made.stderr);
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
}
