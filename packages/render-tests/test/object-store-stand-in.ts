import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What was put into an S3 object store, and with whose key. */
export interface StoredObject {
  readonly body: Buffer;
  readonly authorization: string;
}

/** A stand-in for the object store: it keeps what is put and gives it back. It checks no signatures. */
export class ObjectStoreStandIn {
  /** By path: `/mlflow/1/run/artifacts/report.json`. */
  readonly objects = new Map<string, StoredObject>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer(async (request, response) => {
      const path = new URL(request.url ?? "/", "http://store").pathname;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const found = this.objects.get(path);
      if (request.method === "PUT") {
        const authorization = request.headers.authorization ?? "";
        this.objects.set(path, { body: Buffer.concat(chunks), authorization });
        response.writeHead(200, { etag: '"stored"' }).end();
      } else if (found === undefined) {
        response.writeHead(404).end();
      } else {
        response.writeHead(200, { "content-length": found.body.length, etag: '"stored"' });
        response.end(request.method === "HEAD" ? undefined : found.body);
      }
    });
  }

  static async start(): Promise<ObjectStoreStandIn> {
    const store = new ObjectStoreStandIn();
    await new Promise<void>((resolve) => store.server.listen(0, "127.0.0.1", resolve));
    return store;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
