/** The text of one YAML document of a stream, its marker line and directives included. */
export interface DocumentText {
  readonly text: string;
  /** One-based line of the stream on which `text` starts. */
  readonly line: number;
}

/** `---` and `...` in the first column are markers wherever they stand, also inside a block scalar. */
const MARKER = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm;
const ONLY_PROLOGUE = /^(?:[ \t]*(?:#[^\n]*)?\r?(?:\n|$)|%[^\n]*(?:\n|$))*$/;
const HAS_DIRECTIVE = /^%/m;
/** Files that were put one after another keep their marks; Go's parser skips one at the start of any line. */
const BYTE_ORDER_MARK = /^\ufeff/gm;

/**
 * Cuts a stream at its document markers. What stands before the first marker is a document only when it holds
 * more than comments; directives (`%YAML`, `%TAG`) stay with the document that they are about.
 */
export function splitDocuments(stream: string): DocumentText[] {
  const text = stream.replace(BYTE_ORDER_MARK, "");
  const documents: DocumentText[] = [];
  let start = 0;
  let line = 1;
  const cut = (end: number): void => {
    const document = text.slice(start, end);
    const isPrologue = !document.startsWith("---") && ONLY_PROLOGUE.test(document);
    if (isPrologue && HAS_DIRECTIVE.test(document) && text.startsWith("---", end)) return;
    if (!isPrologue) documents.push({ text: document, line });
    line += countLines(document);
    start = end;
  };
  for (const { 0: marker, index } of text.matchAll(MARKER)) {
    if (marker === "---") {
      if (index > start) cut(index);
    } else {
      const lineEnd = text.indexOf("\n", index);
      cut(lineEnd === -1 ? text.length : lineEnd + 1);
    }
  }
  if (start < text.length) cut(text.length);
  return documents;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}
