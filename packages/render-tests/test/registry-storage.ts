import { createHash } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { handOver } from "./real-program.ts";

/** The digests of the blobs in a registry's file system storage, sorted. */
export async function storedBlobs(data: string): Promise<string[]> {
  const files = await readdir(blobs(data), { recursive: true });
  return files
    .filter((file) => file.endsWith("/data"))
    .map((file) => `sha256:${file.split("/")[1]}`)
    .sort();
}

/** Puts blobs there that no manifest names, as aborted pushes leave them. */
export async function storeGarbage(data: string, count: number): Promise<string[]> {
  const store = async (content: string): Promise<string> => {
    const hex = createHash("sha256").update(content).digest("hex");
    const directory = join(blobs(data), hex.slice(0, 2), hex);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "data"), content);
    return `sha256:${hex}`;
  };
  const digests = await Promise.all(Array.from({ length: count }, (_, number) => store(`garbage ${number}`)));
  await handOver(data);
  return digests;
}

function blobs(data: string): string {
  return join(data, "docker/registry/v2/blobs/sha256");
}
