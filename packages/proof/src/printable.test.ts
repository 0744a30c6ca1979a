import { describe, expect, test } from "@jest/globals";
import { InputError } from "./errors.ts";
import { printable } from "./printable.ts";

describe("printable", () => {
  test.each([
    ["letters of any language", "Größe 日本 😀 «x» −1", "Größe 日本 😀 «x» −1"],
    ["a colour", "\u001b[32mok\u001b[0m", "\\x1b[32mok\\x1b[0m"],
    ["the one-byte form of it", "\u009b2Jgone", "\\x9b2Jgone"],
    ["a forged line", "a\n✓ all fits\r\n\tb", "a ✓ all fits   b"],
    ["a bell, a backspace, a delete", "\u0007\b\u007f", "\\x07\\x08\\x7f"],
    ["text turned around", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
  ])("%s", (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test("reaches every text of a structure and leaves figures alone", () => {
    const proof = { ok: true, size: 3, none: null, kinds: { "K\u001b": 1 }, list: [{ name: "\u0000" }] };
    expect(printable(proof)).toEqual({
      ok: true,
      size: 3,
      none: null,
      kinds: { "K\\x1b": 1 },
      list: [{ name: "\\x00" }],
    });
  });

  test("errors for people are printable, whatever they quote", () => {
    const error = new InputError({ what: "no \u001b[2J", where: "a\tb", fix: "\u0007\n b" });
    expect(error).toMatchObject({ what: "no \\x1b[2J", where: "a b", fix: "\\x07\n b" });
    expect(error.message).toBe("a b: no \\x1b[2J");
  });
});
