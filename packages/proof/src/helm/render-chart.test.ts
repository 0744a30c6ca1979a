import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { INSTALLATION_MS, realHelm } from "../../test/real-helm.ts";
import { type Rendering, type RenderRequest, type RenderTools, renderChart } from "./render-chart.ts";
import { createRenderer } from "./renderer.ts";

let tools: RenderTools;
let directory: string;
let charts = 0;

beforeAll(async () => {
  tools = await realHelm();
  directory = await mkdtemp(join(tmpdir(), "render-chart-"));
}, INSTALLATION_MS);

afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** A chart named `chart` with these files, in a folder of its own. */
async function chartWith(files: Readonly<Record<string, string>>): Promise<string> {
  charts += 1;
  const chart = join(directory, String(charts), "chart");
  const all = { "Chart.yaml": "apiVersion: v2\nname: chart\nversion: 0.1.0\n", ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(chart, path)), { recursive: true });
    await writeFile(join(chart, path), content);
  }
  return chart;
}

async function render(
  files: Readonly<Record<string, string>>,
  request: Partial<RenderRequest> = {},
  overrides: Partial<RenderTools> = {},
): Promise<Rendering> {
  const chart = await chartWith(files);
  return renderChart(
    { chart, releaseName: "app", namespace: "data", valueFiles: [], ...request },
    { ...tools, ...overrides },
  );
}

const probe = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
data:
  kube: {{ .Capabilities.KubeVersion.Version }}
  values: {{ toJson .Values | quote }}
`;

describe("renderChart", () => {
  test("passes release, namespace and Kubernetes version as Argo CD does, and names the template", async () => {
    const { manifests, text, warnings } = await render({ "templates/a.yaml": probe });
    expect(manifests).toHaveLength(1);
    expect(manifests[0]).toMatchObject({
      name: "app",
      namespace: "data",
      object: { data: { kube: "v1.36.3", values: "{}" } },
      source: { file: "helm template chart", chart: "chart", template: "templates/a.yaml", document: 1 },
    });
    expect(text).toContain("# Source: chart/templates/a.yaml");
    expect(warnings).toEqual([]);
  });

  test("merges values, then values files in their order, then parameters and settings", async () => {
    const files = {
      "templates/a.yaml": probe,
      "values.yaml": "a: 1\nb: 1\nc: 1\nd: 1\n",
      "one.yaml": "b: 2\nc: 2\nd: 2\n",
      "two.yaml": "c: 3\nd: 3\n",
    };
    const chart = await chartWith(files);
    const { manifests } = await renderChart(
      {
        chart,
        releaseName: "app",
        namespace: "data",
        valueFiles: [join(chart, "one.yaml"), join(chart, "two.yaml")],
        parameters: { "global.render": "redis", list: "{x,y}", text: "1,2" },
        settings: ["d=4,e=5"],
      },
      tools,
    );
    const data = manifests[0]?.object.data as { values: string };
    expect(JSON.parse(data.values)).toEqual({
      a: 1,
      b: 2,
      c: 3,
      d: 4,
      e: 5,
      global: { render: "redis" },
      list: ["x", "y"],
      text: "1,2",
    });
  });

  test("includes CustomResourceDefinitions of crds/", async () => {
    const crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\n";
    const { manifests } = await render({ "crds/a.yaml": crd });
    expect(manifests[0]?.source.template).toBe("crds/a.yaml");
  });

  test("is not swayed by the person's own Helm and cluster", async () => {
    const env = {
      ...tools.env,
      HELM_NAMESPACE: "mine",
      HELM_DEBUG: "true",
      HELM_KUBECONTEXT: "none",
      KUBECONFIG: "/no/such",
    };
    const files = { "templates/a.yaml": probe };
    expect((await render(files, {}, { env })).text).toBe((await render(files)).text);
  });

  test("renders nothing from an empty chart", async () => {
    expect((await render({})).manifests).toEqual([]);
  });

  test("does not stop at an output of many megabytes", async () => {
    const line = `{{ range until 200 }}---\n${configMapNamed("a{{ . }}")}data: {x: {{ repeat 20000 "x" }}}\n{{ end }}`;
    expect((await render({ "templates/a.yaml": line })).manifests).toHaveLength(200);
  });
});

function configMapNamed(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
}

describe("renderChart explains", () => {
  const schema = JSON.stringify({
    type: "object",
    properties: {
      replicas: { type: "integer" },
      global: { type: "object", properties: { node: { type: "string" } } },
    },
    additionalProperties: false,
  });
  test.each<[string, Record<string, string>, Partial<RenderRequest>, { what: string; where?: string }]>([
    [
      "values that violate the schema",
      { "values.schema.json": schema, "values.yaml": "replicas: many\nreplica: 1\nglobal: {node: 5}\n" },
      {},
      {
        what: [
          "The values do not fit the charts' schemas:",
          "  (top level): additional properties 'replica' not allowed",
          "  global.node: got number, want string",
          "  replicas: got string, want integer",
        ].join("\n"),
        where: "chart chart",
      },
    ],
    [
      "a chart that refuses",
      { "templates/sub/a.yaml": 'x: 1\n{{ fail "the layer date is unknown" }}\n' },
      {},
      { what: "the layer date is unknown.", where: "chart chart, templates/sub/a.yaml, line 2" },
    ],
    [
      "a required value of a subchart",
      {
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
        "charts/sub/templates/a.yaml": 'a: {{ required "set sub.a" .Values.a }}\n',
      },
      {},
      { what: "set sub.a.", where: "chart sub, templates/a.yaml, line 1" },
    ],
    [
      "a missing value below an include",
      {
        "templates/_a.tpl": '{{- define "a" }}\n{{ .Values.a.b.c }}\n{{- end }}\n',
        "templates/b.yaml": 'b: {{ include "a" . }}\n',
      },
      {},
      {
        what: "The template fails at {{ .Values.a.b.c }}: nil pointer evaluating interface {}.b.",
        where: "chart chart, templates/_a.tpl, line 2, used by chart chart, templates/b.yaml, line 1",
      },
    ],
    [
      "a template that cannot be read",
      { "templates/a.yaml": "a: {{ nope }}\n" },
      {},
      {
        what: 'The template cannot be read: function "nope" not defined.',
        where: "chart chart, templates/a.yaml, line 1",
      },
    ],
    [
      "a template that renders no YAML",
      { "templates/a.yaml": "a: 1\n b: 2\n" },
      {},
      {
        what: "The template renders what is not YAML: mapping values are not allowed in this context.",
        where: "chart chart, templates/a.yaml, line 2 of the rendered document",
      },
    ],
    [
      "a template that renders no object",
      { "templates/a.yaml": "a: 1\n" },
      {},
      {
        what: "This is no Kubernetes object: apiVersion is missing.",
        where: "chart/templates/a.yaml (helm template chart, document 1, line 3)",
      },
    ],
    [
      "broken values of the chart",
      { "values.yaml": "a: 1\nb: [\n" },
      {},
      {
        what: "The values file is not valid: did not find expected node content.",
        where: "chart chart, values.yaml, line 2",
      },
    ],
    [
      "a values file that is not there",
      {},
      { valueFiles: ["/no/such.yaml"] },
      { what: "The values file cannot be read: no such file or directory.", where: "/no/such.yaml" },
    ],
    [
      "a setting without a value",
      {},
      { settings: ["a=1,b"] },
      { what: 'A value given with --set cannot be read: key "b" has no value.' },
    ],
    [
      "a chart for other clusters",
      { "Chart.yaml": 'apiVersion: v2\nname: chart\nversion: 0.1.0\nkubeVersion: ">=2"\n' },
      {},
      { what: "chart requires kubeVersion: >=2 which is incompatible with Kubernetes v1.36.3." },
    ],
  ])("%s", async (_, files, request, expected) => {
    const failure = await render(files, request).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "InputError", ...expected, fix: expect.stringMatching(/\.$/) });
  });

  test("a Helm that has gone", async () => {
    const helm = { ...tools.helm, path: "/no/such/helm" };
    await expect(render({}, {}, { helm })).rejects.toMatchObject({
      name: "InputError",
      what: expect.stringMatching(/^Helm could not be started \(.*ENOENT/),
      fix: expect.stringContaining("platform tools"),
    });
  });

  test("a Helm that was stopped", async () => {
    const path = join(directory, "stopped-helm");
    await writeFile(path, "#!/bin/sh\nkill -9 $$\n");
    await chmod(path, 0o755);
    await expect(render({}, {}, { helm: { ...tools.helm, path } })).rejects.toThrow(
      "stopped before it had finished",
    );
  });
});

describe("createRenderer", () => {
  let log: string;
  let counting: RenderTools;

  beforeEach(async () => {
    log = join(directory, "calls");
    const path = join(directory, "counting-helm");
    await writeFile(log, "");
    await writeFile(path, `#!/bin/sh\necho call >> ${log}\nexec ${tools.helm.path} "$@"\n`);
    await chmod(path, 0o755);
    counting = { ...tools, helm: { ...tools.helm, path } };
  });

  const calls = async (): Promise<number> => (await readFile(log, "utf8")).split("call").length - 1;

  test("renders the same request once, another one anew", async () => {
    const chart = await chartWith({ "templates/a.yaml": probe });
    const request = { chart, releaseName: "app", namespace: "data", valueFiles: [] };
    const renderer = createRenderer(counting);
    const same = { parameters: { b: "2", a: "1" } };
    const [first, second] = await Promise.all([
      renderer.render({ ...request, ...same }),
      renderer.render({ ...request, parameters: { a: "1", b: "2" } }),
    ]);
    expect(second).toBe(first);
    expect(await calls()).toBe(1);
    await renderer.render({ ...request, parameters: { a: "2" } });
    expect(await calls()).toBe(2);
    expect((await renderer.renderAgain({ ...request, ...same })).text).toBe(first.text);
    expect(await calls()).toBe(3);
  });

  test("fails the same way for all who asked", async () => {
    const chart = await chartWith({ "templates/a.yaml": '{{ fail "no" }}' });
    const request = { chart, releaseName: "app", namespace: "data", valueFiles: [] };
    const renderer = createRenderer(counting);
    const outcomes = await Promise.allSettled([renderer.render(request), renderer.render(request)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await calls()).toBe(1);
  });
});
