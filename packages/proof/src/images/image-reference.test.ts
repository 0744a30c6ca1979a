import { describe, expect, test } from "@jest/globals";
import { formatImageReference, parseImageReference } from "./image-reference.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("parseImageReference", () => {
  test.each([
    ["redis", { repository: "redis", registry: undefined, tag: undefined }],
    ["library/redis:8", { repository: "library/redis", registry: undefined, tag: "8" }],
    ["localhost/redis:8", { repository: "localhost/redis", registry: "localhost", tag: "8" }],
    [
      "localhost:5000/redis",
      { repository: "localhost:5000/redis", registry: "localhost:5000", tag: undefined },
    ],
    [
      "a.example:5000/b/c__d-e.f:v1_2",
      { repository: "a.example:5000/b/c__d-e.f", registry: "a.example:5000", tag: "v1_2" },
    ],
    ["[::1]:5000/redis:8", { repository: "[::1]:5000/redis", registry: "[::1]:5000", tag: "8" }],
    ["Registry/redis:8", { repository: "Registry/redis", registry: "Registry", tag: "8" }],
  ])("%s", (text, expected) => {
    expect(parseImageReference(text)).toEqual({ ...expected, digest: undefined });
    expect(parseImageReference(`${text}@${DIGEST}`)).toEqual({ ...expected, digest: DIGEST });
  });

  test.each([
    ["", "empty"],
    ["docker.io/", "empty"],
    ["docker.io//redis", "empty"],
    ["docker.io/redis:", "no tag"],
    ["docker.io/redis:-8", "no tag"],
    [`docker.io/redis:${"a".repeat(129)}`, "no tag"],
    ["docker.io/Redis:8", "no part"],
    ["docker.io/red is:8", "no part"],
    ["docker.io/-redis:8", "no part"],
    ["docker..io/redis:8", "no registry"],
    [`docker.io/redis@${DIGEST.slice(0, -1)}`, "64 hexadecimal digits"],
    [`docker.io/redis@${DIGEST.toUpperCase()}`, "64 hexadecimal digits"],
    [`docker.io/redis@${DIGEST}@${DIGEST}`, "more than one @"],
    ["{{ .Values.image }}", "no part"],
  ])("refuses %s", (text, why) => {
    expect(parseImageReference(text)).toEqual(expect.stringContaining(why));
  });
});

test("formatImageReference writes what was read", () => {
  for (const text of [
    "redis",
    "docker.io/library/redis:8",
    `a.example:5000/b:1@${DIGEST}`,
    `a/b@${DIGEST}`,
  ]) {
    const reference = parseImageReference(text);
    expect(typeof reference === "string" ? reference : formatImageReference(reference)).toBe(text);
  }
});
