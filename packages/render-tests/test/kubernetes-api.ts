import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ManifestIndex } from "@t495/proof";
import { type ApiObject, changed, json } from "./kubernetes-object.ts";
import { type ApiPath, apiVersionOf, type Resource, ResourceDirectory } from "./kubernetes-resources.ts";
import { Rights } from "./kubernetes-rights.ts";

interface Watcher {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly response: ServerResponse;
}

/**
 * A stand-in for the API server, for programs that watch and write: it holds the rendered objects, and permits one
 * ServiceAccount what the rendered roles do. It admits everything and knows no selectors.
 */
export class KubernetesApi {
  readonly rights: Rights;
  private readonly resources: ResourceDirectory;
  private readonly objects = new Map<string, ApiObject>();
  private readonly watchers = new Set<Watcher>();
  private readonly server: Server;
  private version = 1;

  private constructor(manifests: ManifestIndex, account: { namespace: string; name: string }) {
    this.rights = Rights.of(manifests, account.namespace, account.name);
    this.resources = new ResourceDirectory(manifests);
    for (const { object } of manifests.all) this.put(object as unknown as ApiObject);
    this.server = createServer((request, response) => {
      void this.answer(request, response).catch((error: unknown) => {
        refuse(response, 500, "InternalError", String(error));
      });
    });
  }

  /** Starts one with everything rendered applied, on a port of the loopback address. */
  static async start(
    manifests: ManifestIndex,
    account: { namespace: string; name: string },
  ): Promise<KubernetesApi> {
    const api = new KubernetesApi(manifests, account);
    await new Promise<void>((resolve) => api.server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Writes the file by which a client finds it. */
  async writeKubeconfig(file: string): Promise<void> {
    const { port } = this.server.address() as AddressInfo;
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    };
    await writeFile(file, JSON.stringify(config));
  }

  get(kind: string, namespace: string | undefined, name: string): ApiObject | undefined {
    return this.list(kind).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  }

  list(kind: string): ApiObject[] {
    return [...this.objects.values()].filter((object) => object.kind === kind);
  }

  /** Creates or replaces an object, as anybody else in the cluster would; watchers hear of it. */
  put(object: ApiObject): ApiObject {
    const resource = this.resources.ofKind(object.apiVersion, object.kind);
    if (resource === undefined) return object;
    const key = keyOf(resource, object.metadata.namespace, object.metadata.name);
    const type = this.objects.has(key) ? "MODIFIED" : "ADDED";
    this.version += 1;
    const metadata = { uid: key, ...object.metadata, resourceVersion: String(this.version) };
    const stored = { ...object, metadata };
    this.objects.set(key, stored);
    this.notify(type, resource, stored);
    return stored;
  }

  /** Makes ready pods of every Service here, as the endpoint controller would of pods. */
  putEndpoints(port: number, nodeName: string): void {
    for (const { metadata, spec } of this.list("Service")) {
      const { ports } = spec as { ports: readonly { name: string }[] };
      this.put({
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: {
          name: `${metadata.name}-1`,
          namespace: metadata.namespace ?? "default",
          labels: { "kubernetes.io/service-name": metadata.name },
        },
        addressType: "IPv4",
        endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true, serving: true }, nodeName }],
        ports: ports.map(({ name }) => ({ name, port, protocol: "TCP" })),
      });
    }
  }

  /** Deletes an object, as anybody else in the cluster would; watchers hear of it. */
  remove(object: ApiObject): ApiObject {
    const resource = this.resources.ofKind(object.apiVersion, object.kind);
    if (resource === undefined) throw new Error(`no kind ${object.kind}`);
    this.objects.delete(keyOf(resource, object.metadata.namespace, object.metadata.name));
    this.notify("DELETED", resource, object);
    return object;
  }

  private notify(type: string, resource: Resource, object: ApiObject): void {
    for (const watcher of this.watchers) {
      if (watcher.resource.kind === resource.kind && isIn(object, watcher.namespace))
        send(watcher.response, type, object);
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://api");
    const discovery = this.resources.discovery(url.pathname);
    if (discovery !== undefined) return reply(response, 200, discovery);
    const path = this.resources.parse(url.pathname);
    if (path === undefined) return refuse(response, 404, "NotFound", url.pathname);
    const verb = verbOf(request, url, path);
    // A watch that begins with everything there is stands for a list, which clients fall back to.
    const lists = url.searchParams.get("sendInitialEvents") === "true";
    if (!this.isPermitted(verb, path) || (lists && !this.isPermitted("list", path)))
      return refuse(response, 403, "Forbidden", `${verb} ${url.pathname}`);
    if (verb === "watch") return this.watch(url, path, response);
    if (verb === "list") return reply(response, 200, this.listOf(path));
    const found = this.objects.get(keyOf(path.resource, path.namespace, path.name ?? ""));
    if (verb === "create") return reply(response, 201, this.create(await bodyOf(request), path));
    if (found === undefined) return this.missing(verb, request, path, response);
    if (verb === "get") return reply(response, 200, found);
    if (verb === "delete") return reply(response, 200, this.remove(found));
    reply(response, 200, this.put(changed(found, path, verb, await bodyOf(request), request)));
  }

  private isPermitted(verb: string, { resource, namespace, name, subresource }: ApiPath): boolean {
    const { group, plural } = resource;
    const full = subresource === undefined ? plural : `${plural}/${subresource}`;
    return this.rights.permits({ verb, group, resource: full, namespace, name });
  }

  private listOf({ resource, namespace }: ApiPath): object {
    const items = this.list(resource.kind).filter((object) => isIn(object, namespace));
    const apiVersion = apiVersionOf(resource);
    const metadata = { resourceVersion: String(this.version) };
    return { kind: `${resource.kind}List`, apiVersion, metadata, items };
  }

  private watch(url: URL, { resource, namespace }: ApiPath, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" });
    const since = Number(url.searchParams.get("resourceVersion") ?? 0);
    const all = url.searchParams.get("sendInitialEvents") === "true";
    for (const object of this.list(resource.kind).filter((candidate) => isIn(candidate, namespace))) {
      if (all) send(response, "ADDED", object);
      else if (Number(object.metadata.resourceVersion) > since) send(response, "MODIFIED", object);
    }
    if (all) {
      const annotations = { "k8s.io/initial-events-end": "true" };
      const metadata = { resourceVersion: String(this.version), annotations };
      send(response, "BOOKMARK", { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata });
    }
    response.flushHeaders();
    const watcher = { resource, namespace, response };
    this.watchers.add(watcher);
    response.on("close", () => this.watchers.delete(watcher));
  }

  private create(body: Buffer, { resource, namespace }: ApiPath): object {
    if (resource.kind === "TokenReview")
      return { ...json(body), status: { authenticated: true, user: { username: "prometheus" } } };
    if (resource.kind === "SubjectAccessReview") return { ...json(body), status: { allowed: true } };
    // A status is written by its subresource only.
    const { status: _ignored, ...object } = json(body) as ApiObject;
    const name = object.metadata.name ?? `${object.metadata.generateName}${this.version}`;
    const metadata = { ...object.metadata, name, ...(namespace === undefined ? {} : { namespace }) };
    // No kubelet takes it.
    const status = resource.kind === "Pod" ? { status: { phase: "Pending" } } : {};
    return this.put({ ...object, metadata, ...status });
  }

  /** Applying an object creates it; but nobody creates by a subresource. */
  private async missing(
    verb: string,
    request: IncomingMessage,
    { name, subresource }: ApiPath,
    response: ServerResponse,
  ): Promise<void> {
    const applies = verb === "patch" && isApply(request) && subresource === undefined;
    if (!applies) return refuse(response, 404, "NotFound", name ?? "");
    reply(response, 201, this.put(json(await bodyOf(request)) as ApiObject));
  }
}

function verbOf(request: IncomingMessage, url: URL, { name }: ApiPath): string {
  if (request.method === "POST") return "create";
  if (request.method === "PUT") return "update";
  if (request.method === "PATCH") return "patch";
  if (request.method === "DELETE") return "delete";
  // As Go reads a boolean: Python's client writes `True`.
  if (/^(?:1|t|true)$/i.test(url.searchParams.get("watch") ?? "")) return "watch";
  return name === undefined ? "list" : "get";
}

function isApply(request: IncomingMessage): boolean {
  return request.headers["content-type"]?.includes("apply-patch") === true;
}

function keyOf({ group, plural }: Resource, namespace: string | undefined, name: string): string {
  return `${group}/${plural}/${namespace ?? ""}/${name}`;
}

function isIn(object: ApiObject, namespace: string | undefined): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

function send(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  reply(response, code, { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
