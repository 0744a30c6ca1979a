import { Agent, request } from "node:https";
import type { KubernetesObject } from "@t495/proof";
import { type Resource, ResourceIndex, type ResourceKind, resourcePath } from "./resources.ts";

/** What the API server answers when it does not do what it was asked. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  /** `Invalid`, `Forbidden`, `NotFound`, …; empty when it gave none. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface ApiClientOptions {
  readonly server: string;
  readonly ca: Buffer;
  readonly token: string;
}

interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface ApplyOptions {
  /** Who owns the fields; Argo CD's name by default. */
  readonly manager?: string;
  readonly dryRun?: boolean;
}

/** Names one object of the cluster. */
export interface ObjectName extends ResourceKind {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** A client of the real API server: whatever object, strictly validated. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #agent: Agent;
  readonly #resources = new ResourceIndex((path) => this.#call({ method: "GET", path }));

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#agent = new Agent({ ca: options.ca, keepAlive: true, maxSockets: 8 });
  }

  /** Whether it answers, and says that it is ready. */
  async isReady(): Promise<boolean> {
    return this.#call({ method: "GET", path: "/readyz" }).then(
      () => true,
      () => false,
    );
  }

  /**
   * Server-side apply with strict field validation, as Argo CD does it: an unknown or doubled field is an error.
   * @throws ApiError when the server refuses it.
   */
  async apply(object: KubernetesObject, options: ApplyOptions = {}): Promise<KubernetesObject> {
    const { manager = "argocd-controller", dryRun = false } = options;
    const resource = await this.#resources.find(object);
    const query = `fieldManager=${manager}&force=true&fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`;
    return this.#call({
      method: "PATCH",
      path: `${resourcePath(resource, object.metadata)}?${query}`,
      body: object,
      contentType: "application/apply-patch+yaml",
    });
  }

  /** @throws ApiError when there is none. */
  async get(name: ObjectName): Promise<KubernetesObject> {
    return this.#call({ method: "GET", path: await this.#pathOf(name) });
  }

  /** Whether the server answers that there is one. */
  async exists(name: ObjectName): Promise<boolean> {
    return this.get(name).then(
      () => true,
      () => false,
    );
  }

  /** Every object of a kind, in one namespace or in all. */
  async list(kind: ResourceKind, namespace?: string): Promise<KubernetesObject[]> {
    const resource = await this.#resources.find(kind);
    const path = resourcePath(resource, namespace === undefined ? {} : { namespace });
    const { items } = await this.#call<{ items: KubernetesObject[] }>({ method: "GET", path });
    return items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
  }

  /** A merge patch; `subresource` for instance `status`. */
  async patch(name: ObjectName, body: unknown, subresource?: string): Promise<KubernetesObject> {
    const path = await this.#pathOf(name);
    return this.#call({
      method: "PATCH",
      path: subresource === undefined ? path : `${path}/${subresource}`,
      body,
      contentType: "application/merge-patch+json",
    });
  }

  /** Gone already is as good. */
  async delete(name: ObjectName): Promise<void> {
    const path = await this.#pathOf(name);
    await this.#call({ method: "DELETE", path, body: { propagationPolicy: "Background" } }).catch((error) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }

  /**
   * Follows every change of a kind until the returned function is called: each state that the server had is seen,
   * the present ones first.
   */
  async watch(
    kind: ResourceKind,
    namespace: string,
    onObject: (object: KubernetesObject) => void,
  ): Promise<() => void> {
    const path = resourcePath(await this.#resources.find(kind), { namespace });
    const stream = request(`${this.#options.server}${path}?watch=true`, {
      agent: this.#agent,
      headers: { authorization: `Bearer ${this.#options.token}`, accept: "application/json" },
    });
    let rest = "";
    const opened = new Promise<void>((resolve, reject) => {
      stream.once("error", reject);
      stream.once("response", (response) => {
        resolve();
        response.setEncoding("utf8").on("data", (chunk: string) => {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) onObject((JSON.parse(line) as { object: KubernetesObject }).object);
        });
        response.on("error", () => {});
      });
    });
    stream.end();
    await opened;
    stream.on("error", () => {});
    return () => stream.destroy();
  }

  /** A token of a ServiceAccount, as a pod would be given it. */
  async tokenOf(namespace: string, serviceAccount: string): Promise<string> {
    const { status } = await this.#call<{ status: { token: string } }>({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: 3600 },
      },
    });
    return status.token;
  }

  /** How the API server calls a kind. */
  async resourceOf(kind: ResourceKind): Promise<Resource> {
    return this.#resources.find(kind);
  }

  async #pathOf(name: ObjectName): Promise<string> {
    return resourcePath(await this.#resources.find(name), name);
  }

  async #call<Answer = KubernetesObject>({ method, path, body, contentType }: Call): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { status, answer } = await new Promise<{ status: number; answer: string }>((resolve, reject) => {
      const sent = request(
        `${this.#options.server}${path}`,
        {
          method,
          agent: this.#agent,
          timeout: 30_000,
          headers: {
            authorization: `Bearer ${this.#options.token}`,
            accept: "application/json",
            // Node gives the body of a DELETE no length by itself, and the server reads it as the next request.
            ...(text === undefined
              ? {}
              : {
                  "content-type": contentType ?? "application/json",
                  "content-length": Buffer.byteLength(text),
                }),
          },
        },
        (response) => {
          let received = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            received += chunk;
          });
          response.once("end", () => resolve({ status: response.statusCode ?? 0, answer: received }));
          response.once("error", reject);
        },
      );
      sent.once("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      sent.once("error", reject);
      sent.end(text);
    });
    const parsed = parse(answer);
    if (status >= 200 && status < 300) return parsed as Answer;
    const { reason = "", message = answer } = parsed as { reason?: string; message?: string };
    throw new ApiError(status, reason, message);
  }
}

/** `/readyz` answers in words. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export type { Resource, ResourceKind };
