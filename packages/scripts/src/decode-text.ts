import { InputError } from "@t495/proof/errors";

const LINE_FEED = 0x0a;

/**
 * The text of a file or of standard input. A byte order mark stays: who parses the text knows what it means.
 * @throws InputError for anything but UTF-8, with the line of the first byte that is none.
 */
export function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return decode(bytes);
  } catch (cause) {
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw new InputError({
      what: isUtf16 ? "this is UTF-16, not UTF-8" : "this is not UTF-8",
      where: isUtf16 ? where : `${where}, line ${firstBadLine(bytes)}`,
      fix: isUtf16 ? "save it as UTF-8; PowerShell: … | Out-File -Encoding utf8" : "save it as UTF-8",
      cause,
    });
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** No character of UTF-8 spans two lines, so each line can be tried alone. */
function firstBadLine(bytes: Uint8Array): number {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(LINE_FEED, start);
    try {
      decode(bytes.subarray(start, end === -1 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end === -1) return line;
    start = end + 1;
  }
}
