import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, proofJsonSchema, ruleTexts } from "@t495/proof";
import { parse } from "yaml";
import type { CommandDefinition } from "../command.ts";
import { chartReadme } from "./chart-readme.ts";
import { commandReference } from "./command-reference.ts";
import { proofReference } from "./proof-reference.ts";
import { ruleReference } from "./rule-reference.ts";
import { documentValues } from "./values-comments.ts";
import { type ChartValues, valuesReference } from "./values-reference.ts";
import { layerSchema, umbrellaSchema } from "./values-schema.ts";

/** A file that is generated, relative to the repository's root. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Everything that is generated from the sources of one checkout, except what needs a rendering: each chart's
 * `values.schema.json` and README, the proof's schema, and the pages below `docs/reference`.
 *
 * @throws InputError for a values file that is no YAML, and for a values key without a comment.
 */
export async function generateReferences(
  root: string,
  commands: Readonly<Record<string, CommandDefinition>>,
): Promise<readonly GeneratedFile[]> {
  const charts = (await readdir(join(root, "charts"), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const perChart = await Promise.all(charts.map((chart) => generateForChart(root, chart)));
  const schema = proofJsonSchema();
  return [
    ...perChart.flatMap(({ files }) => files),
    { path: "packages/proof/schemas/proof.schema.json", text: `${JSON.stringify(schema, undefined, 2)}\n` },
    { path: "docs/reference/rules.md", text: ruleReference(ruleTexts) },
    { path: "docs/reference/values.md", text: valuesReference(perChart.map(({ values }) => values)) },
    { path: "docs/reference/command-line.md", text: commandReference(commands) },
    { path: "docs/reference/proof-json.md", text: proofReference(schema) },
  ];
}

interface ChartReferences {
  readonly files: readonly GeneratedFile[];
  readonly values: ChartValues;
}

async function generateForChart(root: string, chart: string): Promise<ChartReferences> {
  const folder = join("charts", chart);
  const read = (file: string): Promise<string> => readFile(join(root, folder, file), "utf8");
  const [metadata, schema, valuesText, introduction] = await Promise.all([
    read("Chart.yaml"),
    read("values.schema.json"),
    readOptional(join(root, folder, "values.yaml")),
    readOptional(join(root, folder, "INTRODUCTION.md")),
  ]);
  const { rows, undocumented } = documentValues(valuesText, `${folder}/values.yaml`);
  const first = undocumented[0];
  if (first !== undefined) {
    throw new InputError({
      what: `the values key ${first.path} has no comment`,
      where: `${folder}/values.yaml:${first.line}`,
      fix: "write a line `# -- what it does` above it, or above the key that it belongs to",
    });
  }
  // Only the umbrella sets the plan; the layers receive it.
  const global = ((parse(valuesText) ?? {}) as { global?: unknown }).global;
  const own = JSON.parse(schema);
  const { description } = parse(metadata) as { description: string };
  const values: ChartValues = { name: chart, description, values: rows };
  const checked = global === undefined ? layerSchema(own) : umbrellaSchema(own, global);
  return {
    values,
    files: [
      {
        path: join(folder, "README.md"),
        text: chartReadme({ ...values, introduction, readsGlobal: global === undefined }),
      },
      { path: join(folder, "values.schema.json"), text: `${JSON.stringify(checked, null, 2)}\n` },
    ],
  };
}

async function readOptional(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
