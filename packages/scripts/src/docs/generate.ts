import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, ruleTexts } from "@t495/proof";
import { parse } from "yaml";
import { chartReadme } from "./chart-readme.ts";
import { ruleReference } from "./rule-reference.ts";
import { documentValues } from "./values-comments.ts";
import { layerSchema, umbrellaSchema } from "./values-schema.ts";

/** A file that is generated, relative to the repository's root. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Everything that is generated from the sources of one checkout, except what needs a rendering: each chart's
 * `values.schema.json` and README, and the rule reference.
 *
 * @throws InputError for a values file that is no YAML, and for a values key without a comment.
 */
export async function generateReferences(root: string): Promise<readonly GeneratedFile[]> {
  const charts = (await readdir(join(root, "charts"), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const perChart = await Promise.all(charts.map((chart) => generateForChart(root, chart)));
  return [...perChart.flat(), { path: "docs/reference/rules.md", text: ruleReference(ruleTexts) }];
}

async function generateForChart(root: string, chart: string): Promise<readonly GeneratedFile[]> {
  const folder = join("charts", chart);
  const read = (file: string): Promise<string> => readFile(join(root, folder, file), "utf8");
  const [metadata, schema, values, introduction] = await Promise.all([
    read("Chart.yaml"),
    read("values.schema.json"),
    readOptional(join(root, folder, "values.yaml")),
    readOptional(join(root, folder, "INTRODUCTION.md")),
  ]);
  const { rows, undocumented } = documentValues(values, `${folder}/values.yaml`);
  const first = undocumented[0];
  if (first !== undefined) {
    throw new InputError({
      what: `the values key ${first.path} has no comment`,
      where: `${folder}/values.yaml:${first.line}`,
      fix: "write a line `# -- what it does` above it, or above the key that it belongs to",
    });
  }
  // Only the umbrella sets the plan; the layers receive it.
  const global = ((parse(values) ?? {}) as { global?: unknown }).global;
  const own = JSON.parse(schema);
  const readme = chartReadme({
    name: chart,
    description: (parse(metadata) as { description: string }).description,
    introduction,
    values: rows,
    readsGlobal: global === undefined,
  });
  return [
    { path: join(folder, "README.md"), text: readme },
    {
      path: join(folder, "values.schema.json"),
      text: `${JSON.stringify(global === undefined ? layerSchema(own) : umbrellaSchema(own, global), null, 2)}\n`,
    },
  ];
}

async function readOptional(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
