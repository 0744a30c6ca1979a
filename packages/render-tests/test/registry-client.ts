import { createHash, randomBytes } from "node:crypto";

const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const IMAGE_INDEX = "application/vnd.oci.image.index.v1+json";

export const digestOf = (content: Buffer): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** An image of one configuration and one layer, unlike any other. */
export interface Image {
  readonly config: Buffer;
  readonly layer: Buffer;
  readonly manifest: Buffer;
}

export function makeImage(): Image {
  const config = Buffer.from(
    JSON.stringify({ architecture: "amd64", os: "linux", id: randomBytes(8).toString("hex") }),
  );
  const layer = randomBytes(2048);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: IMAGE_MANIFEST,
      config: descriptor("application/vnd.oci.image.config.v1+json", config),
      layers: [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
    }),
  );
  return { config, layer, manifest };
}

/** A multi-platform index whose image has no tag of its own. */
export function makeIndex(image: Image): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: IMAGE_INDEX,
      manifests: [
        { ...descriptor(IMAGE_MANIFEST, image.manifest), platform: { architecture: "amd64", os: "linux" } },
      ],
    }),
  );
}

function descriptor(mediaType: string, content: Buffer): { mediaType: string; size: number; digest: string } {
  return { mediaType, size: content.length, digest: digestOf(content) };
}

/** The registry's HTTP API with one account, as a container runtime uses it. */
export class RegistryClient {
  readonly #origin: string;
  readonly #authorization: string;

  constructor(origin: string, account: string) {
    this.#origin = origin;
    this.#authorization = `Basic ${Buffer.from(account).toString("base64")}`;
  }

  request(path: string, init: RequestInit & { duplex?: "half" } = {}): Promise<Response> {
    // One connection a request: a kept one would be cut off when the registry is exchanged.
    const headers = { authorization: this.#authorization, connection: "close", ...init.headers };
    return fetch(new URL(path, this.#origin), { ...init, headers });
  }

  async status(path: string, init: RequestInit = {}): Promise<number> {
    const response = await this.request(path, init);
    await response.arrayBuffer();
    return response.status;
  }

  async startUpload(repository: string): Promise<{ status: number; location: string }> {
    const response = await this.request(`/v2/${repository}/blobs/uploads/`, { method: "POST" });
    await response.arrayBuffer();
    return { status: response.status, location: response.headers.get("location") ?? "" };
  }

  async pushBlob(repository: string, content: Buffer): Promise<number> {
    const { status, location } = await this.startUpload(repository);
    if (status !== 202) return status;
    return this.status(`${location}&digest=${digestOf(content)}`, {
      method: "PUT",
      body: new Uint8Array(content),
      headers: { "content-type": "application/octet-stream" },
    });
  }

  pushManifest(
    repository: string,
    reference: string,
    manifest: Buffer,
    type = IMAGE_MANIFEST,
  ): Promise<number> {
    return this.status(`/v2/${repository}/manifests/${reference}`, {
      method: "PUT",
      body: new Uint8Array(manifest),
      headers: { "content-type": type },
    });
  }

  async pushImage(repository: string, reference: string, image: Image): Promise<number> {
    for (const blob of [image.config, image.layer]) {
      const status = await this.pushBlob(repository, blob);
      if (status !== 201) return status;
    }
    return this.pushManifest(repository, reference, image.manifest);
  }

  deleteManifest(repository: string, manifest: Buffer): Promise<number> {
    return this.status(`/v2/${repository}/manifests/${digestOf(manifest)}`, { method: "DELETE" });
  }

  /** Whether manifest, configuration and layer can all be pulled, unchanged. */
  async pulls(repository: string, image: Image): Promise<boolean> {
    const parts: [string, Buffer][] = [
      [`manifests/${digestOf(image.manifest)}`, image.manifest],
      [`blobs/${digestOf(image.config)}`, image.config],
      [`blobs/${digestOf(image.layer)}`, image.layer],
    ];
    for (const [path, expected] of parts) {
      const response = await this.request(`/v2/${repository}/${path}`, {
        headers: { accept: `${IMAGE_MANIFEST}, ${IMAGE_INDEX}` },
      });
      const content = Buffer.from(await response.arrayBuffer());
      if (response.status !== 200 || !content.equals(expected)) return false;
    }
    return true;
  }
}
