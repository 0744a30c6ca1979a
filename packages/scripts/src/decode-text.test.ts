import { describe, expect, test } from "@jest/globals";
import { decodeText } from "./decode-text.ts";

describe("decodeText", () => {
  test("keeps what UTF-8 says, byte order marks included", () => {
    expect(decodeText(Buffer.from("\ufeffa: ü€😀\n"), "a.yaml")).toBe("\ufeffa: ü€😀\n");
    expect(decodeText(Buffer.alloc(0), "a.yaml")).toBe("");
  });

  test.each([
    ["Latin-1 on the second line", Buffer.from("a: 1\nb: \xfc\n", "latin1"), "a.yaml, line 2"],
    ["a character cut off at the end", Buffer.from("a: 1\nb: €").subarray(0, -1), "a.yaml, line 2"],
    ["an overlong form", Buffer.from([0xc0, 0xaf]), "a.yaml, line 1"],
  ])("%s is bad input with its line", (_, bytes, where) => {
    expect(() => decodeText(bytes, "a.yaml")).toThrow(
      expect.objectContaining({ name: "InputError", what: "this is not UTF-8", where }),
    );
  });

  test.each([
    ["little-endian", Buffer.from("\ufeffa: 1", "utf16le")],
    ["big-endian", Buffer.from("\ufeffa: 1", "utf16le").swap16()],
  ])("UTF-16, %s, is called by its name", (_, bytes) => {
    expect(() => decodeText(bytes, "a.yaml")).toThrow(
      expect.objectContaining({ what: "this is UTF-16, not UTF-8", where: "a.yaml" }),
    );
  });
});
