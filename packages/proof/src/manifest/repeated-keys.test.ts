import { describe, expect, test } from "@jest/globals";
import { parseGoYaml } from "./go-yaml.ts";
import { parseManifests } from "./parse-manifests.ts";

const pathsIn = (text: string) =>
  parseGoYaml(text).flatMap(({ repeatedKeys }) => repeatedKeys.map(({ path }) => path));

describe("keys that are written twice", () => {
  test.each<[string, string, (string | number)[][]]>([
    ["none", "a: 1\nb: { a: 1 }\n", []],
    ["at the top", "a: 1\nb: 2\na: 3\n", [["a"]]],
    ["three times", "{a: 1, a: 2, a: 3}", [["a"], ["a"]]],
    ["below lists and mappings", "l: [x, { k: { a: 1, a: 2 } }]\n", [["l", 1, "k", "a"]]],
    ["inside a value that is lost itself", "a: { b: 1, b: 2 }\na: {}\n", [["a", "b"], ["a"]]],
    ["written as a number and as a text", '1: a\n"1": b\n', [["1"]]],
    ["an own key beside a merged one", "x: &x { a: 1 }\nz: { <<: *x, a: 2 }\n", []],
    ["an own key twice beside a merged one", "x: &x { a: 1 }\nz: { <<: *x, a: 2, a: 3 }\n", [["z", "a"]]],
    ["each document for itself", "a: 1\n---\na: 1\n", []],
    ["a name that objects have anyway", "__proto__: 1\ntoString: 2\n__proto__: 3\n", [["__proto__"]]],
  ])("%s", (_, text, paths) => {
    expect(pathsIn(text)).toEqual(paths);
  });

  test("are kept with the line of the stream, by the object that they belong to", () => {
    const list = "kind: List\napiVersion: v1\nitems:\n";
    const item = (name: string) => `- apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: ${name} }\n`;
    const stream = `${list}${item("a")}---\n${list}${item("b")}${item("c")}  kind: Secret\nkind: List\n`;
    expect(parseManifests(stream, "-").map(({ name, duplicateKeys }) => [name, duplicateKeys])).toEqual([
      ["a", undefined],
      ["b", [{ path: "kind", line: 18 }]],
      ["c", [{ path: "kind", line: 17 }]],
    ]);
  });
});
