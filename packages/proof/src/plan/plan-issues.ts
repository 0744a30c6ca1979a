import * as z from "zod";
import { at, isObject } from "../manifest/values.ts";
import { nearest } from "../nearest.ts";
import { planSchema } from "./plan.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** One line for each thing that is wrong with a plan: its path in the values, what was expected, what was found. */
export function describeIssues(issues: readonly Issue[], values: unknown): string[] {
  const missing = new Set(
    issues.filter((issue) => isMissing(issue, values)).map((issue) => pathText(pathOf(issue))),
  );
  const misspelt = new Map<string, string>();
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...pathOf(issue), key]) : [],
  );
  for (const path of unknown) {
    const meant = nearest(String(path.at(-1)), knownKeys(path.slice(0, -1)));
    if (meant !== undefined) misspelt.set(pathText(path), pathText([...path.slice(0, -1), meant]));
  }
  // A misspelt key is one mistake, not an unknown key and a missing one.
  for (const meant of misspelt.values()) missing.delete(meant);
  return issues
    .flatMap((issue): string[] => {
      if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => describeUnknown([...pathOf(issue), key], misspelt));
      }
      const path = pathText(pathOf(issue));
      if (isMissing(issue, values)) {
        return missing.has(path) ? [`${path}: missing; expected ${expectation(issue)}`] : [];
      }
      return [
        `${path}: expected ${expectation(issue)}, found ${describeValue(at(values, ...pathOf(issue)))}`,
      ];
    })
    .sort();
}

/** `global.node.network.lan`, as the values file writes it. */
function pathText(path: Path): string {
  return path.reduce<string>(
    (text, key) => `${text}${typeof key === "number" ? `[${key}]` : `.${key}`}`,
    "global",
  );
}

function describeUnknown(path: Path, misspelt: ReadonlyMap<string, string>): string {
  const text = pathText(path);
  const meant = misspelt.get(text);
  return meant === undefined ? `${text}: unknown key` : `${text}: unknown key; ${meant} is meant?`;
}

function isMissing(issue: Issue, values: unknown): boolean {
  return issue.code === "invalid_type" && at(values, ...pathOf(issue)) === undefined;
}

function pathOf(issue: Issue): Path {
  return issue.path.filter((key) => typeof key !== "symbol");
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function expectation(issue: Issue): string {
  const meaning = schemaAt(pathOf(issue))?.description;
  const about = meaning === undefined ? "" : ` (${meaning.replace(/\.$/, "")})`;
  switch (issue.code) {
    case "invalid_type":
      return `${TYPE_NAMES[issue.expected] ?? issue.expected}${about}`;
    case "invalid_value":
      return issue.values.map((value) => String(value)).join(" or ");
    case "too_small":
      if (issue.origin === "string") return `a text that is not empty${about}`;
      if (issue.origin === "array") return `at least ${issue.minimum} in the list${about}`;
      return `at least ${issue.minimum}${about}`;
    case "too_big":
      return `at most ${issue.maximum}${issue.origin === "string" ? " letters" : ""}${about}`;
    case "invalid_format":
      return meaning === undefined ? "another form" : `another form: ${meaning.replace(/\.$/, "")}`;
    default:
      return issue.message;
  }
}

function describeValue(value: unknown): string {
  if (value === null) return "null (absence is `enabled: false` or an empty text)";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "a mapping";
  return typeof value === "string" ? JSON.stringify(value) : `the ${typeof value} ${value}`;
}

function knownKeys(path: Path): readonly string[] {
  const schema = schemaAt(path);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function schemaAt(path: Path): (z.core.$ZodType & { description?: string | undefined }) | undefined {
  let schema: z.core.$ZodType | undefined = planSchema;
  for (const key of path) {
    if (schema instanceof z.ZodObject) schema = schema.shape[key];
    else if (schema instanceof z.ZodRecord) schema = schema.valueType;
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else return undefined;
  }
  return schema;
}
