import type { RuleText } from "../checks/exceptions.ts";
import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { printable } from "../printable.ts";
import type { Proof } from "../proof.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { prettyReport } from "./pretty.ts";
import { sarifReport } from "./sarif.ts";
import type { ReportStyle } from "./style.ts";

export type ReportFormat = "pretty" | "json" | "sarif" | "junit" | "markdown";

export interface ReportOptions {
  readonly style: ReportStyle;
  /** Every rule's text, for formats that describe them. */
  readonly rules: readonly RuleText[];
}

type Reporter = (proofs: readonly Proof[], options: ReportOptions) => string;

const reporters: Readonly<Record<ReportFormat, Reporter>> = {
  pretty: (proofs, { style }) => prettyReport(printable(proofs), style),
  json: jsonReport,
  sarif: (proofs, { rules }) => sarifReport(proofs, rules),
  junit: (proofs, { rules }) => junitReport(printable(proofs), rules),
  markdown: (proofs) => markdownReport(printable(proofs)),
};

/** The text of one or several proofs, one per profile, in a format. */
export function report(proofs: readonly Proof[], format: ReportFormat, options: ReportOptions): string {
  return reporters[format](proofs, options);
}

/** Reads the word after `--format`; bad input when it names none of `formats`. */
export function reportFormat<Format extends string>(word: string, formats: readonly Format[]): Format {
  const found = formats.find((format) => format === word);
  if (found !== undefined) return found;
  const meant = nearest(word, formats);
  throw new InputError({
    what: `there is no format ${word}`,
    fix: meant === undefined ? `write one of ${formats.join(", ")}` : `did you mean ${meant}?`,
  });
}

export const REPORT_FORMATS = Object.keys(reporters) as readonly ReportFormat[];
