import { gunzipSync } from "node:zlib";

const BLOCK = 512;
/** Offsets of the ustar header (POSIX.1-1988), which Helm's releases use. */
const NAME = { start: 0, end: 100 };
const SIZE = { start: 124, end: 136 };

/** The content of one file of a gzipped tar archive; undefined when it holds no such file. */
export function readTarball(archive: Buffer, wanted: string): Buffer | undefined {
  const tar = gunzipSync(archive);
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const name = field(tar, at, NAME);
    if (name === "") return undefined;
    const size = Number.parseInt(field(tar, at, SIZE), 8);
    if (name === wanted) return tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

function field(tar: Buffer, header: number, { start, end }: { start: number; end: number }): string {
  return tar.toString("latin1", header + start, header + end).split("\0")[0] ?? "";
}
