import { YAMLException } from "js-yaml";
import { InputError } from "../errors.ts";

/** Where in a stream a text stands that could not be read. */
export interface YamlOrigin {
  /** The file, `-` for standard input. */
  readonly file: string;
  /** One-based number of the document; left out for files that hold one. */
  readonly document?: number;
  /** One-based line of the stream on which the text starts. */
  readonly line?: number;
}

/** Turns what the YAML parser threw into a message with file, document, line and column; other errors pass. */
export function toYamlInputError(error: unknown, origin: YamlOrigin): unknown {
  if (!(error instanceof YAMLException)) return error;
  const { mark, reason } = error;
  return new InputError({
    what: `This is not valid YAML: ${reason}.`,
    where: describeOrigin(
      { ...origin, line: (origin.line ?? 1) + (mark?.line ?? 0) },
      (mark?.column ?? 0) + 1,
    ),
    fix: adviceFor(reason, mark?.snippet ?? ""),
    cause: error,
  });
}

/** `manifests.yaml, document 3, line 12, column 5`. */
export function describeOrigin({ file, document, line }: YamlOrigin, column?: number): string {
  return [
    file === "-" ? "standard input" : file,
    document === undefined ? undefined : `document ${document}`,
    line === undefined ? undefined : `line ${line}`,
    column === undefined ? undefined : `column ${column}`,
  ]
    .filter((part) => part !== undefined)
    .join(", ");
}

/** By the parser's own words, the most telling first. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/\btab/, "Indent with spaces: YAML allows no tab there."],
  [/anchor|alias/, "Define the anchor (&name) above its use (*name), in the same document."],
  [
    /deficient indentation|unexpected end|comma/,
    "Close the quote or bracket that is still open above this place.",
  ],
  [
    /document separator/,
    "This line does not continue what stands above it: line it up, or start it with `---`.",
  ],
  [/escape/, "Write a backslash twice, or use single quotes, where it is meant as text."],
  [
    /indentation/,
    "Check the indentation, and quote a text that holds `: ` or starts with @, %, * or a bracket.",
  ],
];

function adviceFor(reason: string, snippet: string): string {
  if (snippet.includes("{{")) return "Render the chart first: this looks like a template.";
  const known = ADVICE.find(([pattern]) => pattern.test(reason));
  return known?.[1] ?? "Mend the document at that place.";
}
