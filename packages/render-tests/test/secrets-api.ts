import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

export interface StoredSecret {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly resourceVersion: string };
  readonly type?: string;
  readonly data: Readonly<Record<string, string>>;
}

export type Verb = "get" | "create" | "patch";

interface Call {
  readonly verb: Verb;
  readonly namespace: string;
  /** Empty for `create`. */
  readonly name: string;
}

interface ApiOptions {
  readonly tls: { readonly key: string; readonly cert: string };
  readonly token: string;
  readonly namespaces: readonly string[];
  readonly allows: (call: Call) => boolean;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

const SECRETS = /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/([^/]+))?$/;
const VERBS: Readonly<Record<string, Verb>> = { GET: "get", POST: "create", PATCH: "patch" };

/**
 * What the API server does with Secrets: RBAC before all else, 404 for an unknown object or namespace, 409 for a
 * second creation and for a patch of what has changed since, merge patches.
 */
export class SecretsApi {
  readonly secrets = new Map<string, StoredSecret>();
  readonly writes: Call[] = [];
  allows: ApiOptions["allows"];
  /** Called before a request is served; it may change what is stored, or throw {@link refuse}. */
  before: (call: Call) => void = () => {};
  #version = 0;
  readonly #server: Server;

  constructor(private readonly options: ApiOptions) {
    this.allows = options.allows;
    this.#server = createServer(options.tls, (request, response) => void this.#answer(request, response));
  }

  /** @param port 0 for any that is free; the address is for `--server`. */
  async listen(port = 0): Promise<string> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  static refuse(status: number, reason: string, message: string): never {
    throw new Refusal(status, reason, message);
  }

  /** A key as its reader sees it; undefined when Secret or key are missing. */
  value(namespace: string, name: string, key: string): string | undefined {
    const encoded = this.secrets.get(`${namespace}/${name}`)?.data[key];
    return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString();
  }

  put(namespace: string, name: string, values: Readonly<Record<string, string>>, metadata = {}): void {
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
    );
    this.#store(namespace, name, { metadata: { ...metadata, resourceVersion: "" }, data });
  }

  #store(namespace: string, name: string, secret: StoredSecret): StoredSecret {
    this.#version += 1;
    const metadata = { ...secret.metadata, name, namespace, resourceVersion: String(this.#version) };
    const stored = { ...secret, metadata };
    this.secrets.set(`${namespace}/${name}`, stored);
    return stored;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let status = 200;
    let answer: unknown;
    try {
      answer = this.#serve(request, await bodyOf(request));
      if (request.method === "POST") status = 201;
    } catch (error) {
      const { message } = error as Error;
      const { status: code, reason } =
        error instanceof Refusal ? error : new Refusal(500, "InternalError", message);
      status = code;
      answer = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
    }
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  #serve(request: IncomingMessage, body: unknown): StoredSecret {
    const { method = "", url = "", headers } = request;
    const [, namespace, inPath] = SECRETS.exec(url) ?? [];
    const verb = VERBS[method];
    if (namespace === undefined || verb === undefined || (verb === "create") !== (inPath === undefined))
      SecretsApi.refuse(405, "MethodNotAllowed", `${method} ${url}`);
    if (headers.authorization !== `Bearer ${this.options.token}`)
      SecretsApi.refuse(401, "Unauthorized", "Unauthorized");
    const call = { verb, namespace, name: inPath ?? "" };
    this.before(call);
    if (!this.allows(call))
      SecretsApi.refuse(
        403,
        "Forbidden",
        `User "create-secrets" cannot ${verb} secrets in the namespace "${namespace}"`,
      );
    if (verb === "create") return this.#create(call, body as StoredSecret);
    const found = this.secrets.get(`${namespace}/${inPath}`);
    if (found === undefined) SecretsApi.refuse(404, "NotFound", `secrets "${inPath}" not found`);
    return verb === "get" ? found : this.#patch(call, found, headers["content-type"], body as StoredSecret);
  }

  #create(call: Call, secret: StoredSecret): StoredSecret {
    const { namespace } = call;
    const name = String(secret.metadata.name);
    if (!this.options.namespaces.includes(namespace))
      SecretsApi.refuse(404, "NotFound", `namespaces "${namespace}" not found`);
    if (this.secrets.has(`${namespace}/${name}`))
      SecretsApi.refuse(409, "AlreadyExists", `secrets "${name}" already exists`);
    this.writes.push({ ...call, name });
    return this.#store(namespace, name, secret);
  }

  #patch(call: Call, found: StoredSecret, type: string | undefined, patch: StoredSecret): StoredSecret {
    if (type !== "application/merge-patch+json")
      SecretsApi.refuse(415, "UnsupportedMediaType", `the body is ${type}`);
    if (patch.metadata.resourceVersion !== found.metadata.resourceVersion)
      SecretsApi.refuse(409, "Conflict", "the object has been modified");
    this.writes.push(call);
    return this.#store(call.namespace, call.name, { ...found, data: { ...found.data, ...patch.data } });
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text === "" ? undefined : JSON.parse(text);
}
