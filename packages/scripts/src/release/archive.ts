import { Buffer } from "node:buffer";
import { type TarEntry, tarEntries } from "@t495/proof/packaging";
import { gzipSync } from "fflate";

const BLOCK = 512;
/** An archive ends with two empty blocks (POSIX.1-1988). */
const END = Buffer.alloc(2 * BLOCK);
const FILES = new Set(["0", "\0"]);
const FOLDER = "5";
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/**
 * The same files as an archive whose bytes depend on nothing but names, contents and the given time: sorted (Helm
 * writes subcharts in a random order, and the time of each file), owned by root, readable by all, folders left
 * out. JavaScript compresses it: zlib's output differs between processors and Go's between releases of Go.
 *
 * @param seconds since 1970, as `SOURCE_DATE_EPOCH`
 * @throws Error for what a chart or a package cannot hold: links, devices, names beyond 255 bytes.
 */
export function reproducibleArchive(archive: Buffer, seconds: number): Buffer {
  const files = [...tarEntries(archive)].filter(isFile).sort(byName);
  const blocks = files.flatMap(({ name, content }) => [
    header(name, content.length, seconds),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  // The time in the gzip header stays zero: the entries carry theirs.
  return Buffer.from(gzipSync(Buffer.concat([...blocks, END]), { level: 9, mtime: 0 }));
}

function isFile({ name, type }: TarEntry): boolean {
  if (FILES.has(type)) return true;
  if (type === FOLDER) return false;
  throw new Error(`${name} is no plain file (tar type ${JSON.stringify(type)})`);
}

/** By code units; what lies nearer to the root first, so that a chart's own Chart.yaml comes before its subcharts'. */
function byName(left: TarEntry, right: TarEntry): number {
  const depth = left.name.split("/").length - right.name.split("/").length;
  if (depth !== 0) return depth;
  return left.name < right.name ? -1 : 1;
}

function header(path: string, size: number, seconds: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { prefix, name } = splitName(path);
  block.write(name, 0);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${octal(size)} `, 124);
  block.write(`${octal(seconds)} `, 136);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  block.write(prefix, 345);
  // The checksum counts its own field as blanks.
  block.write(" ".repeat(8), 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function octal(value: number): string {
  return value.toString(8).padStart(11, "0");
}

function splitName(path: string): { readonly prefix: string; readonly name: string } {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { prefix: "", name: path };
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= NAME_BYTES && Buffer.byteLength(prefix) <= PREFIX_BYTES)
      return { prefix, name };
  }
  throw new Error(`${path} is too long a name for a tar archive`);
}
