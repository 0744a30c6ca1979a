import { gunzipSync } from "node:zlib";

const BLOCK = 512;
/** Offsets of the ustar header (POSIX.1-1988), which Helm and its releases use. */
const NAME = { start: 0, end: 100 };
const SIZE = { start: 124, end: 136 };
const TYPE = 156;
const MAGIC = { start: 257, end: 262 };
const PREFIX = { start: 345, end: 500 };

/** One entry of a tar archive. */
export interface TarEntry {
  readonly name: string;
  /** The header's type flag: `0` (or NUL) is a file, `5` a folder. */
  readonly type: string;
  readonly content: Buffer;
}

/** The entries of a gzipped tar archive, in its order. */
export function* tarEntries(archive: Buffer): Generator<TarEntry> {
  const tar = gunzipSync(archive);
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const name = field(tar, at, NAME);
    if (name === "") return;
    const prefix = field(tar, at, MAGIC) === "ustar" ? field(tar, at, PREFIX) : "";
    const size = Number.parseInt(field(tar, at, SIZE), 8);
    yield {
      name: prefix === "" ? name : `${prefix}/${name}`,
      type: tar.toString("latin1", at + TYPE, at + TYPE + 1),
      content: tar.subarray(at + BLOCK, at + BLOCK + size),
    };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The content of one file of a gzipped tar archive; undefined when it holds no such file. */
export function readTarball(archive: Buffer, wanted: string): Buffer | undefined {
  for (const { name, content } of tarEntries(archive)) if (name === wanted) return content;
  return undefined;
}

function field(tar: Buffer, header: number, { start, end }: { start: number; end: number }): string {
  return tar.toString("utf8", header + start, header + end).split("\0")[0] ?? "";
}
