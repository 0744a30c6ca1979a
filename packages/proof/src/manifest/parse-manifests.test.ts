import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { dump } from "js-yaml";
import { isInputError } from "../errors.ts";
import { parseManifests } from "./parse-manifests.ts";

const CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: data}\n";

function failureOf(text: string): { what: string; where: string | undefined; fix: string | undefined } {
  try {
    parseManifests(text, "all.yaml");
  } catch (error) {
    if (isInputError(error)) return { what: error.what, where: error.where, fix: error.fix };
    throw error;
  }
  throw new Error("The text was accepted.");
}

describe("parseManifests", () => {
  test("gives identity and source of each object", () => {
    const text = [
      "# from a pipe",
      "---",
      "# Source: platform-umbrella/charts/data-services/templates/redis/deployment.yaml",
      "apiVersion: apps/v1",
      "kind: Deployment",
      "metadata: {name: redis, namespace: data}",
      "---",
      CONFIG_MAP,
    ].join("\n");
    expect(parseManifests(text, "-")).toEqual([
      {
        object: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "redis", namespace: "data" } },
        source: {
          file: "-",
          chart: "data-services",
          template: "templates/redis/deployment.yaml",
          document: 1,
          line: 4,
        },
        group: "apps",
        version: "v1",
        kind: "Deployment",
        name: "redis",
        namespace: "data",
      },
      {
        object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "data" } },
        source: { file: "-", document: 2, line: 8 },
        group: "",
        version: "v1",
        kind: "ConfigMap",
        name: "a",
        namespace: "data",
      },
    ]);
  });

  test.each([
    ["nothing", ""],
    ["comments", "# a\n---\n# b\n---\n\n"],
    ["null", "null\n---\n~\n---\n"],
    ["an empty List", "apiVersion: v1\nkind: List\nitems: []\n"],
    ["a List of null", "apiVersion: v1\nkind: PodList\nitems: null\n"],
  ])("finds no object in %s", (_, text) => {
    expect(parseManifests(text, "x.yaml")).toEqual([]);
  });

  test("counts empty documents, as people do", () => {
    const text = `---\n---\n# nothing here\n---\n${CONFIG_MAP}`;
    expect(parseManifests(text, "x.yaml")[0]?.source).toEqual({ file: "x.yaml", document: 3, line: 5 });
  });

  test("flattens Lists, and Lists in Lists; the items share the document", () => {
    const item = (name: string): string => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}`;
    const text = `---\napiVersion: v1\nkind: List\nitems:\n- ${item("a")}\n- {apiVersion: v1, kind: List, items: [${item("b")}]}\n`;
    const manifests = parseManifests(text, "x.yaml");
    expect(manifests.map(({ name, source }) => [name, source.document])).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
  });

  test("gives the items of a typed list their type", () => {
    const text = "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n";
    expect(parseManifests(text, "x.yaml")[0]).toMatchObject({
      group: "apps",
      kind: "Deployment",
      object: { apiVersion: "apps/v1", kind: "Deployment" },
    });
  });

  test("takes a kind that merely ends with List and has no items for an object", () => {
    const text = "apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {}\n";
    expect(parseManifests(text, "x.yaml").map(({ kind }) => kind)).toEqual(["AllowList"]);
  });

  test("reads JSON, Windows line ends and a byte order mark", () => {
    const json = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } }, null, 2);
    const text = `\ufeff${json}\r\n---\r\n${CONFIG_MAP.replaceAll("\n", "\r\n")}`;
    expect(parseManifests(text, "x.yaml").map(({ kind }) => kind)).toEqual(["Namespace", "ConfigMap"]);
  });

  test("reads scalars as Kubernetes does", () => {
    const text = `${CONFIG_MAP}data: {mode: 0644, on: yes, mac: 12:30:45, date: 2001-12-14}\n`;
    expect(parseManifests(text, "x.yaml")[0]?.object.data).toEqual({
      mode: 420,
      true: true,
      mac: "12:30:45",
      date: "2001-12-14",
    });
  });

  test("names all documents of a CRD file after the comment above the first", () => {
    const crd = (name: string): string =>
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${name}}\n`;
    const text = `---\n# Source: metallb/crds/all.yaml\n${crd("a")}---\n${crd("b")}---\n# Source: metallb/templates/x.yaml\n${CONFIG_MAP}---\n${CONFIG_MAP}`;
    expect(parseManifests(text, "-").map(({ source }) => source.template)).toEqual([
      "crds/all.yaml",
      "crds/all.yaml",
      "templates/x.yaml",
      undefined,
    ]);
  });

  test.each([
    ["without metadata", "", ""],
    ["with null metadata", "metadata: null", ""],
    ["without a name", "metadata: {namespace: data}", ""],
    ["with generateName", "metadata: {generateName: a-}", ""],
    ["with a number for a name", "metadata: {name: 123}", "123"],
    ["with a list for a name", "metadata: {name: [a]}", ""],
  ])("keeps an object %s", (_, metadata, name) => {
    const [manifest] = parseManifests(`apiVersion: v1\nkind: Pod\n${metadata}\n`, "x.yaml");
    expect(manifest?.name).toBe(name);
    expect(manifest?.object.metadata).toBeInstanceOf(Object);
  });

  test("an empty namespace is none", () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ""}\n';
    expect(parseManifests(text, "x.yaml")[0]?.namespace).toBeUndefined();
  });
});

describe("what parseManifests refuses", () => {
  test.each([
    ["a text", `${CONFIG_MAP}---\nhello\n`, "not a text", "all.yaml, document 2, line 5"],
    ["a list", "- a\n- b\n", "not a list", "all.yaml, document 1, line 1"],
    ["a number", "5\n", "not a number", "all.yaml, document 1, line 1"],
    [
      "an object without a kind",
      "apiVersion: v1\nmetadata: {}\n",
      "kind is missing",
      "all.yaml, document 1, line 1",
    ],
    [
      "another format",
      "services:\n  web: {image: x}\n",
      "apiVersion is missing",
      "all.yaml, document 1, line 1",
    ],
    [
      "a version that is a number",
      "apiVersion: 1\nkind: Pod\n",
      "apiVersion is not a text",
      "all.yaml, document 1, line 1",
    ],
    [
      "metadata that is a text",
      "apiVersion: v1\nkind: Pod\nmetadata: a\n",
      "metadata is a text",
      "all.yaml, document 1, line 1",
    ],
    [
      "a text in a List",
      "apiVersion: v1\nkind: List\nitems: [a]\n",
      "not a text",
      "all.yaml, document 1, line 1",
    ],
  ])("%s", (_, text, what, where) => {
    const failure = failureOf(text);
    expect(failure.what).toContain(what);
    expect(failure.where).toBe(where);
    expect(failure.fix).toMatch(/\.$/);
  });

  test("names the template of a rendered document", () => {
    expect(failureOf("---\n# Source: a/templates/x.yaml\nkind: Pod\n").where).toBe(
      "a/templates/x.yaml (all.yaml, document 1, line 3)",
    );
  });

  test.each([
    [
      "a bracket left open",
      `${CONFIG_MAP}---\n${CONFIG_MAP}spec: [a\n`,
      "document 2, line 9, column 1",
      "bracket",
    ],
    ["a tab", "a:\n\tb: 1\n", "document 1, line 2, column 1", "spaces"],
    [
      "wrong indentation",
      `${CONFIG_MAP}---\nb:\n  c: 1\n d: 2\n`,
      "document 2, line 7, column 2",
      "indentation",
    ],
    ["a second colon", "a: b: c\n", "document 1, line 1, column 5", "quote a text"],
    ["a list in a mapping", "# c\na: 1\n- b\n", "document 1, line 3, column 1", "does not continue"],
    ["a bad escape", 'a: "\\d"\n', "document 1, line 1, column 6", "backslash"],
    [
      "an anchor of another document",
      `${CONFIG_MAP}a: &x 1\n---\nb: *x\n`,
      "document 2, line 6, column 5",
      "anchor",
    ],
    ["infinity", "a: 1\nb: .inf\n", "document 1, line 2, column 4", "Mend"],
    ["a key that is a list", "a: 1\n? [b]\n: c\n", "document 1, line 2, column 3", "Mend"],
    ["a template", "a: {{ .Values.a }}\n", "document 1, line 1, column 5", "Render the chart"],
    ["broken YAML in Windows line ends", "a: 1\r\nb: [\r\n", "document 1, line 3, column 1", "bracket"],
  ])("%s, with its place", (_, text, where, fix) => {
    const failure = failureOf(text);
    expect(failure.where).toBe(`all.yaml, ${where}`);
    expect(failure.fix).toContain(fix);
    expect(failure.what).toMatch(/^This is not valid YAML: .+\.$/);
  });
});

describe("parseManifests keeps every text", () => {
  const oddText = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "yes",
      "0644",
      "0o17",
      "1e3",
      "null",
      "~",
      "<<",
      "---",
      "...",
      "# c",
      "a: b",
      "- a",
      "\n",
      " a",
      "a\n\n\n",
      "\t",
      "*a",
      "&a",
      "!a",
      "%a",
      "1:30",
      "0x1F",
      "1_000",
      "n",
      "2001-12-14",
      ".5",
      "=",
      "|",
      ">-",
    ),
    fc
      .array(fc.constantFrom("---", "a", "", "# x", "  b", "...", "\tc"), { maxLength: 5 })
      .map((lines) => lines.join("\n")),
  );

  test("dumped by js-yaml, in block and flow style", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          oddText,
          fc.oneof(oddText, fc.array(oddText), fc.integer(), fc.boolean(), fc.constant(null)),
        ),
        fc.constantFrom(-1, 0, 1),
        (data, flowLevel) => {
          const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { ...data } };
          const text = dump(object, { flowLevel, noRefs: true });
          const [first, second] = parseManifests(`---\n${text}---\n${text}`, "x.yaml");
          expect(first?.object).toEqual(object);
          expect(second?.object).toEqual(object);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("as JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, value };
        const [manifest] = parseManifests(JSON.stringify(object), "x.yaml");
        expect(JSON.stringify(manifest?.object)).toEqual(JSON.stringify(object));
      }),
      { numRuns: 200 },
    );
  });
});
