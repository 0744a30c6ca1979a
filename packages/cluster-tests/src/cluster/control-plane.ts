import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiClient } from "../api/api-client.ts";
import type { Programs } from "../programs/obtain-programs.ts";
import { type Credentials, makeCredentials, type User } from "./credentials.ts";
import { freePort } from "./free-port.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { eventually, type Program, startProgram } from "./program.ts";
import { type ServiceNetwork, startServiceNetwork } from "./service-network.ts";

export interface ControlPlaneOptions {
  /** The repository's folder. */
  readonly repository: string;
  readonly programs: Programs;
  /** A folder of this run alone: data, keys, logs and kubeconfigs. */
  readonly folder: string;
  readonly serviceCidr: string;
}

/** etcd and a real API server on loopback, with what a client needs to talk to it. */
export interface ControlPlane {
  readonly repository: string;
  readonly folder: string;
  readonly logs: string;
  readonly server: string;
  /** The API server's port; the same after a restart. */
  readonly port: number;
  /** Where etcd answers. */
  readonly etcdUrl: string;
  readonly credentials: Credentials;
  readonly authority: string;
  /** As the administrator. */
  readonly api: ApiClient;
  /** Which programs answer at Services' addresses, for the API server. */
  readonly services: Pick<ServiceNetwork, "route">;
  /** Everything that runs, in the order of starting. */
  readonly programs: Program[];
  /** Path of a built program. */
  pathOf(name: string): string;
  /** A client with another token: a ServiceAccount's. */
  clientFor(token: string): ApiClient;
  kubeconfig(user: User): Promise<string>;
  /** The same for a ServiceAccount, with a token as a pod would be given it. */
  kubeconfigOf(namespace: string, serviceAccount: string): Promise<string>;
  /** Starts the API server again after it was stopped. */
  startApiServer(): Promise<Program>;
  stop(): Promise<void>;
}

/** @throws Error with the end of the log of what does not become ready. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { repository, folder, programs: built, serviceCidr } = options;
  const logs = join(folder, "logs");
  await mkdir(logs, { recursive: true });
  const credentials = await makeCredentials(join(folder, "keys"));
  const [port, etcdPort, etcdPeerPort] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const server = `https://127.0.0.1:${port}`;
  const certificates = join(folder, "certificates");
  // Self-signed: the file holds the server's certificate and the authority that signed it.
  const authority = join(certificates, "apiserver.crt");
  const programs: Program[] = [];
  const egress = join(folder, "egress.json");
  const services = await startServiceNetwork();
  await writeFile(egress, services.configuration);

  function pathOf(name: string): string {
    const path = built.get(name);
    if (path === undefined) throw new Error(`${name} was not built`);
    return path;
  }

  async function startEtcd(): Promise<void> {
    const peer = `http://127.0.0.1:${etcdPeerPort}`;
    const args = [
      ...[`--data-dir=${join(folder, "etcd")}`, "--unsafe-no-fsync", "--log-level=warn"],
      ...[`--listen-client-urls=${etcdUrl}`, `--advertise-client-urls=${etcdUrl}`],
      ...[
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=default=${peer}`,
      ],
    ];
    programs.push(await startProgram({ name: "etcd", path: pathOf("etcd"), args, logs }));
  }

  async function startApiServer(): Promise<Program> {
    const program = await startProgram({
      name: "kube-apiserver",
      path: pathOf("kube-apiserver"),
      logs,
      args: [
        ...[`--etcd-servers=${etcdUrl}`, `--secure-port=${port}`, "--bind-address=127.0.0.1"],
        ...[`--cert-dir=${certificates}`, "--advertise-address=127.0.0.1"],
        `--service-account-signing-key-file=${credentials.signingKey}`,
        `--service-account-key-file=${credentials.verifyingKey}`,
        "--service-account-issuer=https://kubernetes.default.svc",
        ...[`--token-auth-file=${credentials.tokenFile}`, "--authorization-mode=Node,RBAC"],
        ...[`--service-cluster-ip-range=${serviceCidr}`, "--allow-privileged=true"],
        ...["--enable-admission-plugins=NodeRestriction", `--egress-selector-config-file=${egress}`],
      ],
    });
    programs.push(program);
    // Its certificate is there only once it listens.
    await eventually(
      "the API server is ready",
      async () => {
        const ca = await readFile(authority).catch(() => undefined);
        if (ca === undefined) return false;
        return new ApiClient({ server, ca, token: credentials.tokens.admin }).isReady();
      },
      { program },
    );
    return program;
  }

  /** The last one started ends first: what depends on the API server does not report its end. */
  async function stop(): Promise<void> {
    for (const program of [...programs].reverse()) await program.stop();
    await services.stop();
  }

  try {
    await startEtcd();
    await startApiServer();
  } catch (error) {
    await stop();
    throw error;
  }
  const ca = await readFile(authority);
  const clientFor = (token: string): ApiClient => new ApiClient({ server, ca, token });
  const api = clientFor(credentials.tokens.admin);
  const writeConfig = (user: string, token: string, namespace?: string): Promise<string> =>
    writeKubeconfig({ file: join(folder, `${user}.kubeconfig`), server, authority, user, token, namespace });
  return {
    ...{
      repository,
      folder,
      logs,
      server,
      port,
      etcdUrl,
      credentials,
      authority,
      programs,
      pathOf,
      clientFor,
      startApiServer,
      api,
      services,
    },
    kubeconfig: (user) => writeConfig(user, credentials.tokens[user]),
    kubeconfigOf: async (namespace, serviceAccount) =>
      writeConfig(`${namespace}-${serviceAccount}`, await api.tokenOf(namespace, serviceAccount), namespace),
    stop,
  };
}
