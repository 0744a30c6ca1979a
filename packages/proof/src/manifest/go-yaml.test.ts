import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { YAMLException } from "js-yaml";
import { parseGoYaml } from "./go-yaml.ts";

interface Vector {
  readonly yaml: string;
  readonly json?: unknown;
  readonly error?: true;
}

const FAILURE = "error: not YAML";

/** Written by oracle-yaml/main.go: what sigs.k8s.io/yaml itself says. */
const vectors = JSON.parse(
  readFileSync(new URL("go-yaml-vectors.generated.json", import.meta.url), "utf8"),
) as readonly Vector[];

/** Where the syntax of YAML 1.2 and of Go's YAML 1.1 parser differ; values are never read differently. */
const SYNTAX: Readonly<Record<string, unknown>> = {
  // Refused by Go, legal in YAML 1.2.
  "...": null,
  'v: "\\/"': { v: "/" },
  'v: "\\ud83d\\ude00"': { v: "😀" },
  "a: 1\n\t\nb: 2": { a: 1, b: 2 },
  // Accepted by Go: it ignores an undeclared tag handle and all that follows the first document.
  "a: !!unknown!x 5": FAILURE,
  "{a: 1}}": FAILURE,
  "a: [?x]": { a: ["?x"] },
};

function outcomeOf(text: string): unknown {
  try {
    return parseGoYaml(text)[0]?.value ?? null;
  } catch (error) {
    if (error instanceof YAMLException) return FAILURE;
    throw error;
  }
}

describe("parseGoYaml reads what sigs.k8s.io/yaml reads", () => {
  test("there are vectors of every sort", () => {
    expect(vectors.length).toBeGreaterThan(1500);
    expect(vectors.filter((vector) => vector.error).length).toBeGreaterThan(100);
  });

  test("every vector", () => {
    const expected = vectors.map(({ yaml, json, error }) => [
      yaml,
      Object.hasOwn(SYNTAX, yaml) ? SYNTAX[yaml] : error ? FAILURE : json,
    ]);
    expect(vectors.map(({ yaml }) => [yaml, outcomeOf(yaml)])).toEqual(expected);
  });

  test.each(Object.keys(SYNTAX))("the difference in %j is one", (yaml) => {
    const vector = vectors.find((candidate) => candidate.yaml === yaml);
    expect(vector?.error ? FAILURE : vector?.json).not.toEqual(SYNTAX[yaml]);
  });
});

describe("parseGoYaml on its own", () => {
  test("gives every document with the offset of its first node", () => {
    expect(parseGoYaml("# one\na: 1\n---\n---\n- b\n")).toEqual([
      { value: { a: 1 }, start: 6, repeatedKeys: [] },
      { value: null, start: undefined, repeatedKeys: [] },
      { value: ["b"], start: 19, repeatedKeys: [] },
    ]);
  });

  test("forgets anchors at the end of a document", () => {
    expect(() => parseGoYaml("a: &x 1\n---\nb: *x\n")).toThrow('unknown anchor "x"');
  });

  test("keeps a key named __proto__ as data", () => {
    const [document] = parseGoYaml("__proto__: {polluted: yes}\n");
    expect(Object.keys(document?.value as object)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("stops a document that explodes by aliases", () => {
    const levels = Array.from(
      { length: 9 },
      (_, at) => `l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`).join(", ")}]`,
    );
    expect(() => parseGoYaml(["l0: &l0 [lol]", ...levels].join("\n"))).toThrow("excessive aliasing");
  });

  test("lets a document with many honest aliases pass", () => {
    const uses = Array.from({ length: 500 }, (_, at) => `u${at}: *labels`);
    const [document] = parseGoYaml(["base: &labels {app: a, tier: b}", ...uses].join("\n"));
    expect(document?.value).toMatchObject({ u499: { app: "a", tier: "b" } });
  });
});
