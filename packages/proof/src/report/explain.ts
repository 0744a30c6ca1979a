import type { RuleText } from "../checks/exceptions.ts";
import { forTerminal, hanging, paintOf, type ReportStyle, wrap } from "./style.ts";

/** What one rule is for, which codes it reports, and how to mend them. */
export function explainRule(rule: RuleText, style: ReportStyle): string {
  const paint = paintOf(style);
  const { protects, incident, fix, source } = rule.explanation;
  const paragraphs: readonly (readonly [string, string])[] = [
    ["protects", protects],
    ["incident", incident],
    ["fix", fix],
    ["source", source],
  ];
  const width = Math.max(0, ...Object.keys(rule.codes).map((code) => code.length));
  const lines = [
    `${paint.bold(rule.id)} ${paint.dim(`${rule.group}, ${rule.severity}`)}`,
    ...wrap(rule.title, style.width),
    "",
    ...paragraphs.flatMap(([title, text]) => hanging(title.padEnd(10), text, style.width)),
    "",
    "codes",
    ...Object.entries(rule.codes).flatMap(([code, meaning]) =>
      hanging(`  ${code.padEnd(width)}  `, meaning, style.width),
    ),
  ];
  return forTerminal(`${lines.join("\n")}\n`, style);
}

/** Every rule with its title, by group. */
export function listRules(rules: readonly RuleText[], style: ReportStyle): string {
  const paint = paintOf(style);
  const width = Math.max(...rules.map(({ id }) => id.length));
  const lines: string[] = [];
  for (const group of new Set(rules.map((rule) => rule.group))) {
    lines.push(paint.bold(group));
    for (const rule of rules.filter((candidate) => candidate.group === group)) {
      lines.push(...hanging(`  ${rule.id.padEnd(width)}  `, rule.title, style.width));
    }
  }
  return forTerminal(`${lines.join("\n")}\n`, style);
}
