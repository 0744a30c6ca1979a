import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long a connection waits for a program that KWOK called ready before it listened; a webhook has ten seconds. */
const PATIENCE_MS = 9_000;
const AGAIN_MS = 100;

/** Where Services' addresses lead to when the API server calls a webhook. */
export interface ServiceNetwork {
  /** What the API server is given as `--egress-selector-config-file`. */
  readonly configuration: string;
  /** From now on the program on this port of loopback answers at a Service's address. */
  route(clusterIp: string, port: number): void;
  stop(): Promise<void>;
}

/**
 * Stands in for the network of Services. The API server asks for each connection into the cluster by CONNECT, as it does
 * of a konnectivity server; Services that no program answers for are refused at once.
 */
export async function startServiceNetwork(): Promise<ServiceNetwork> {
  const ports = new Map<string, number>();
  const open = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on("connect", async ({ url = "" }, client: Socket) => {
    client.on("error", () => client.destroy());
    const port = ports.get(url.slice(0, url.lastIndexOf(":")));
    const program = port === undefined ? undefined : await connectWithin(port, PATIENCE_MS);
    if (program === undefined) return client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    for (const socket of [client, program]) {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
    }
    program.on("error", () => client.destroy());
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    return program.pipe(client).pipe(program);
  });
  // A socket's path may have a hundred characters; the cluster's folder may have more.
  const folder = await mkdtemp(join(tmpdir(), "t495-services-"));
  const udsName = join(folder, "services.sock");
  await new Promise<void>((resolve) => server.listen(udsName, resolve));
  return {
    configuration: JSON.stringify({
      apiVersion: "apiserver.k8s.io/v1beta1",
      kind: "EgressSelectorConfiguration",
      egressSelections: [
        {
          name: "cluster",
          connection: { proxyProtocol: "HTTPConnect", transport: { uds: { udsName } } },
        },
      ],
    }),
    route: (clusterIp, to) => ports.set(clusterIp, to),
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connectWithin(port: number, milliseconds: number): Promise<Socket | undefined> {
  for (const deadline = Date.now() + milliseconds; ; ) {
    const socket = connect(port, "127.0.0.1");
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    if (isConnected) return socket;
    if (Date.now() > deadline) return undefined;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
