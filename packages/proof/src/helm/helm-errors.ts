import type { InputErrorDetails } from "../errors.ts";
import { parseTemplatePath } from "../manifest/helm-source.ts";

/** What the message itself does not say. */
export interface HelmFailureContext {
  /** Name of the chart that was rendered. */
  readonly chart: string;
}

/**
 * What Helm 3.22 and 4.2 print on standard error when they fail, in words for the person who has to mend it: the
 * cause without the chain of calls, the chart, template and line, and what to do. Unknown messages keep Helm's
 * own words.
 */
export function describeHelmFailure(stderr: string, context: HelmFailureContext): InputErrorDetails {
  const message = stderr
    .replace(/\n*Use --debug flag to render out invalid YAML\s*$/, "")
    .trim()
    .replace(/^(?:.*\n)*?Error: /, "");
  for (const describe of DESCRIPTIONS) {
    const details = describe(message, context);
    if (details !== undefined) return details;
  }
  return {
    what: `Helm failed: ${sentence(message || "it said nothing")}`,
    where: `chart ${context.chart}`,
    fix: "Mend what Helm names, and run the same command again.",
  };
}

type Description = (message: string, context: HelmFailureContext) => InputErrorDetails | undefined;

/** In this order: a schema's message could hold words of the others. */
const DESCRIPTIONS: readonly Description[] = [
  describeSchema,
  describeFail,
  describeExecution,
  describeParse,
  describeRenderedYaml,
  describeValues,
  describeSetting,
  describeChart,
  describeDependencies,
];

const SCHEMA = /^values don't meet the specifications of the schema\(s\) in the following chart\(s\):\n/;
const SCHEMA_CHART = /^(\S[^\n]*):$/;
const SCHEMA_LINE = /^\s*- at '([^']*)': (.+)$/;

function describeSchema(message: string, { chart }: HelmFailureContext): InputErrorDetails | undefined {
  if (!SCHEMA.test(message)) return undefined;
  const violations = new Set<string>();
  let current = chart;
  for (const line of message.replace(SCHEMA, "").split("\n")) {
    const named = SCHEMA_CHART.exec(line)?.[1];
    if (named !== undefined) current = named;
    const [, pointer, problem = ""] = SCHEMA_LINE.exec(line) ?? [];
    // «validation failed» only heads the lines of one value.
    if (pointer === undefined || problem === "validation failed") continue;
    violations.add(`${valuesPath(pointer, current === chart ? undefined : current)}: ${problem}`);
  }
  const lines = [...violations].sort();
  return {
    what:
      lines.length === 1
        ? `The values do not fit the charts' schemas: ${lines[0]}`
        : `The values do not fit the charts' schemas:\n${lines.map((line) => `  ${line}`).join("\n")}`,
    where: `chart ${chart}`,
    fix: "Correct these keys in the values file that sets them; each chart's README lists its keys.",
  };
}

/** `/image/tag` → `image.tag`; of a subchart's own values `redis.image.tag`, of those all share `global.…`. */
function valuesPath(pointer: string, subchart: string | undefined): string {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const path = subchart === undefined || keys[0] === "global" ? keys : [...subchart.split("."), ...keys];
  return path.length === 0
    ? "(top level)"
    : path.map((key, at) => (/^\d+$/.test(key) ? `[${key}]` : at === 0 ? key : `.${key}`)).join("");
}

function describeFail(message: string): InputErrorDetails | undefined {
  const [, path = "", line = "", text = ""] =
    /^execution error at \(([^:)]+):(\d+):\d+\): ([\s\S]*)$/.exec(message) ?? [];
  if (path === "") return undefined;
  return {
    what: sentence(text),
    where: placeOf(path, line),
    fix: "The chart refuses these values: set what the message asks for.",
  };
}

/** One call of a chain, as either version prints it: `<path>:<line>:<column>`, then `at <expression>`. */
const FRAME = /(?:^|template: |\n)([^\s:]+):(\d+):\d+:?\s+executing "[^"]*" at <((?:[^>]|>(?!:))*)>:\s*/g;

function describeExecution(message: string): InputErrorDetails | undefined {
  const frames = [...message.matchAll(FRAME)];
  // A frame named `gotpl` is text that `tpl` renders: it has no file.
  const inFiles = frames.filter(([, path = ""]) => path.includes("/"));
  const outer = inFiles[0];
  const inner = inFiles.at(-1);
  const last = frames.at(-1);
  if (outer === undefined || inner === undefined || last === undefined) return undefined;
  const cause = message
    .slice(last.index + last[0].length)
    .replace(/^error calling \w+:\s*/, "")
    .replace(/^template: /, "")
    .replace(/ associated with template "gotpl"$/, "");
  const place = placeOf(inner[1] ?? "", inner[2] ?? "");
  const caller = inner === outer ? "" : `, used by ${placeOf(outer[1] ?? "", outer[2] ?? "")}`;
  return {
    what: `The template fails at {{ ${last[3]} }}: ${sentence(cause)}`,
    where: `${place}${caller}`,
    fix: adviceForExecution(cause),
  };
}

function adviceForExecution(cause: string): string {
  if (cause.includes("nil pointer")) return "Set the missing key in the values, or guard the expression.";
  if (cause.includes("no template")) return "Define the template, or correct the name that is included.";
  return "Correct the expression, or the value that it is given.";
}

function describeParse(message: string): InputErrorDetails | undefined {
  const [, path = "", line = "", text = ""] =
    /^parse error at \(([^:)]+):(\d+)\): ([\s\S]*)$/.exec(message) ?? [];
  if (path === "") return undefined;
  return {
    what: `The template cannot be read: ${sentence(text)}`,
    where: placeOf(path, line),
    fix: text.includes("EOF")
      ? "Close the block ({{ end }}) that is still open."
      : "Correct the template's syntax.",
  };
}

function describeRenderedYaml(message: string): InputErrorDetails | undefined {
  const [, path = "", text = ""] = /^YAML parse error on ([^:]+): ([\s\S]*)$/.exec(message) ?? [];
  if (path === "") return undefined;
  const { line, reason } = yamlProblem(text);
  return {
    what: `The template renders what is not YAML: ${sentence(reason)}`,
    where: `${placeOf(path)}${line === undefined ? "" : `, line ${line} of the rendered document`}`,
    fix: "Check indentation (nindent) and quote values that may hold special characters.",
  };
}

function describeValues(message: string, { chart }: HelmFailureContext): InputErrorDetails | undefined {
  const [, file = "", text = ""] =
    /^failed to parse (.+?): ([\s\S]*)$/.exec(message) ??
    /^cannot load (values\.yaml): ([\s\S]*)$/.exec(message) ??
    [];
  if (file !== "") {
    const { line, reason } = yamlProblem(text);
    const own = file === "values.yaml" ? `chart ${chart}, ${file}` : file;
    return {
      what: `The values file is not valid: ${sentence(reason)}`,
      where: line === undefined ? own : `${own}, line ${line}`,
      fix: "A values file is one YAML mapping: correct it there.",
    };
  }
  const [, verb, path = "", problem = ""] = /^(open|read) (.+?): (.+)$/.exec(message) ?? [];
  if (verb === undefined) return undefined;
  return {
    what: `The values file cannot be read: ${sentence(problem)}`,
    where: path,
    fix: "Check the path and its permissions.",
  };
}

function describeSetting(message: string): InputErrorDetails | undefined {
  const setting = /^failed parsing --set(?:-string)? data: ([\s\S]*)$/.exec(message)?.[1];
  if (setting !== undefined) {
    return {
      what: `A value given with --set cannot be read: ${sentence(setting)}`,
      fix: "Write --set path.to.key=value; a comma in the value needs a backslash.",
    };
  }
  const kubeVersion = /^(chart requires kubeVersion: .+|invalid kube version .+)$/s.exec(message)?.[1];
  if (kubeVersion !== undefined) {
    return { what: sentence(kubeVersion), fix: "Render for a Kubernetes version that the chart supports." };
  }
  const flag = /^unknown (?:shorthand )?flag: (.+)$/.exec(message)?.[1];
  if (flag === undefined) return undefined;
  return {
    what: `This Helm does not know the flag ${flag}.`,
    fix: "Use the pinned version of Helm: unset HELM_BIN.",
  };
}

function describeChart(message: string, { chart }: HelmFailureContext): InputErrorDetails | undefined {
  const broken = /^cannot load Chart\.yaml: ([\s\S]*)$/.exec(message)?.[1];
  if (broken !== undefined) {
    const { line, reason } = yamlProblem(broken);
    return {
      what: `Chart.yaml is not valid: ${sentence(reason)}`,
      where: `chart ${chart}, Chart.yaml${line === undefined ? "" : `, line ${line}`}`,
      fix: "Correct Chart.yaml there.",
    };
  }
  if (!/^(path ".*" not found|unable to detect chart at |Chart\.yaml file is missing)/.test(message))
    return undefined;
  return {
    what: "There is no chart: Chart.yaml is missing.",
    where: `chart ${chart}`,
    fix: "Name a folder that holds a Chart.yaml.",
  };
}

function describeDependencies(message: string, { chart }: HelmFailureContext): InputErrorDetails | undefined {
  const fix = `Run \`helm dependency update\` in the folder of ${chart} and commit Chart.lock.`;
  const missing = /missing in charts\/ directory: (.+)$/.exec(message)?.[1];
  if (missing !== undefined) {
    return { what: `The chart's dependencies are not packed: ${missing}.`, where: `chart ${chart}`, fix };
  }
  if (!/^the lock file \(Chart\.lock\) is out of sync/.test(message)) return undefined;
  return {
    what: "Chart.lock does not match the dependencies of Chart.yaml.",
    where: `chart ${chart}, Chart.lock`,
    fix,
  };
}

/** `chart data-services, templates/redis/service.yaml, line 3`. */
function placeOf(path: string, line?: string): string {
  const source = parseTemplatePath(path);
  const place = source === undefined ? path : `chart ${source.chart}, ${source.template}`;
  return line === undefined ? place : `${place}, line ${line}`;
}

/** Go's own words without the layers that passed them on. */
function yamlProblem(text: string): { line: string | undefined; reason: string } {
  const reason = text
    .replace(/^(?:cannot unmarshal yaml document: |error converting YAML to JSON: |yaml: )+/, "")
    .replace(/^error unmarshaling JSON: .*cannot unmarshal \w+ into .*$/s, "a mapping was expected");
  const [, line, rest] = /^line (\d+): ([\s\S]*)$/.exec(reason) ?? [];
  return { line, reason: rest ?? reason };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
