import { YAMLException } from "js-yaml";
import { parseGoYaml } from "../../../manifest/go-yaml.ts";
import { isObject } from "../../../manifest/values.ts";
import { fieldPath } from "../../../schemas/field-path.ts";

/** What a program meets when it reads an embedded file. */
interface ConfigurationProblem {
  readonly code: "unreadable" | "repeated-key";
  readonly why: string;
  /** One-based, in the file; undefined where the parser does not say. */
  readonly line: number | undefined;
}

/** A problem, a sentence on why nobody here can say, or undefined when all is well. */
type Reading = ConfigurationProblem | string | undefined;

const FILLED = "something replaces parts of it before a program reads it";
/** What Go makes no JSON of, and a program that reads YAML alone may understand. */
const ONLY_JSON = /^JSON has no |^this cannot be a key| is no |excessive aliasing/;

/** A value or a whole line of a template language, outside of quotes. */
const TEMPLATE = /^\s*(?:- +)?(?:[\w.-]+: +)?(?:\{\{|\{%|<%)|^\s*(?:[\w.-]+: +)?\$\{[^}\n]*\}.*:/m;
const COMMENT = /^\s*(?:\/\/|\/\*)/m;

/** By the ending of a file's name; undefined for formats that nobody here can read. */
export function readerOf(file: string): ((text: string) => Reading) | undefined {
  const ending = /\.(yaml|yml|json|ipynb)$/.exec(file)?.[1];
  if (ending === undefined) return undefined;
  return ending === "json" || ending === "ipynb" ? readJson : readYaml;
}

/** As Go's programs read it: Prometheus, Loki, Traefik and the registry refuse a key that stands twice. */
function readYaml(text: string): Reading {
  try {
    for (const { repeatedKeys } of parseGoYaml(text)) {
      const [first] = repeatedKeys;
      if (first === undefined) continue;
      return {
        code: "repeated-key",
        why: `the key ${first.path.reduce<string>(fieldPath, "")} stands twice: some programs refuse the file, others take the last one`,
        line: lineAt(text, first.start),
      };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    if (TEMPLATE.test(text)) return FILLED;
    if (ONLY_JSON.test(error.reason)) return `programs differ in how they read it: ${error.reason}`;
    const line = error.mark === undefined ? undefined : error.mark.line + 1;
    return { code: "unreadable", why: `this is no YAML: ${error.reason}`, line };
  }
}

function readJson(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Programs that allow comments allow more than we can judge.
    if (TEMPLATE.test(text) || COMMENT.test(text) || /:\s*(?:\{\{|\$\{)/.test(text)) return FILLED;
    const position = /position (\d+)/.exec(String(error))?.[1];
    const line = position === undefined ? undefined : lineAt(text, Number(position));
    return { code: "unreadable", why: "this is no JSON", line };
  }
  const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined);
  if (written.length === keysBelow(value)) return undefined;
  return {
    code: "repeated-key",
    why: "a key stands twice in one object: the one above is lost",
    line: undefined,
  };
}

function keysBelow(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + keysBelow(item), 0);
  if (!isObject(value)) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + 1 + keysBelow(item), 0);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
