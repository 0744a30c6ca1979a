import { describe, expect, test } from "@jest/globals";
import { splitDocuments } from "./split-documents.ts";

function texts(stream: string): string[] {
  return splitDocuments(stream).map(({ text }) => text);
}

describe("splitDocuments", () => {
  test.each<[string, string, string[]]>([
    ["nothing", "", []],
    ["comments only", "# a\n\n# b\n", []],
    ["one bare document", "a: 1\n", ["a: 1\n"]],
    ["a comment before the first marker is no document", "# license\n---\na: 1\n", ["---\na: 1\n"]],
    [
      "a marker with a comment",
      "--- # first\na: 1\n--- # second\nb: 2\n",
      ["--- # first\na: 1\n", "--- # second\nb: 2\n"],
    ],
    ["content behind the marker", "--- {a: 1}\n--- [b]\n", ["--- {a: 1}\n", "--- [b]\n"]],
    ["documents end with dots", "a: 1\n...\nb: 2\n...\n", ["a: 1\n...\n", "b: 2\n...\n"]],
    ["dots, comments, marker", "a: 1\n...\n# between\n---\nb: 2", ["a: 1\n...\n", "---\nb: 2"]],
    ["directives stay with their document", "%YAML 1.2\n# c\n---\na: 1\n", ["%YAML 1.2\n# c\n---\na: 1\n"]],
    [
      "directives of a later document",
      "a: 1\n...\n%TAG ! x:\n---\nb: 2\n",
      ["a: 1\n...\n", "%TAG ! x:\n---\nb: 2\n"],
    ],
    ["empty documents", "---\n---\n\n---\na: 1", ["---\n", "---\n\n", "---\na: 1"]],
    ["a byte order mark", "\ufeff---\na: 1\n", ["---\na: 1\n"]],
    [
      "byte order marks of files that were put together",
      "\ufeffa: 1\n---\n# Source: x\n\ufeffb: 2\n\ufeff---\nc: \ufeff3\n",
      ["a: 1\n", "---\n# Source: x\nb: 2\n", "---\nc: \ufeff3\n"],
    ],
    ["Windows line ends", "---\r\na: 1\r\n---\r\nb: 2\r\n", ["---\r\na: 1\r\n", "---\r\nb: 2\r\n"]],
    [
      "an indented marker in a block scalar is text",
      "a: |\n  ---\n  b\n---\nc: 1\n",
      ["a: |\n  ---\n  b\n", "---\nc: 1\n"],
    ],
    ["longer rules are no markers", "a: |\n b\n----\n---x\n", ["a: |\n b\n----\n---x\n"]],
    ["a marker at the very end", "a: 1\n---", ["a: 1\n", "---"]],
  ])("%s", (_, stream, expected) => {
    expect(texts(stream)).toEqual(expected);
  });

  test("counts lines from the start of the stream", () => {
    const stream = "# head\n\n---\na: 1\n...\n# between\n---\nb: 2\n";
    expect(splitDocuments(stream).map(({ line }) => line)).toEqual([3, 7]);
  });
});
