import {
  EXIT,
  exitCodeOf,
  findRule,
  type Proof,
  REPORT_FORMATS,
  report,
  reportFormat,
  ruleTexts,
} from "@t495/proof";
import type { OptionValues } from "./command.ts";
import { reportStyle } from "./edge.ts";
import { readNodeFiles } from "./node-profiles.ts";
import { deliver } from "./output.ts";
import { proveProfile } from "./prove-profile.ts";
import type { StartedProfiles } from "./render-platform.ts";

/** Proves what Helm renders for each profile, prints it and gives the exit code. */
export async function judge(started: StartedProfiles, options: OptionValues, root: string): Promise<number> {
  const format = reportFormat(options.value("format") ?? "pretty", REPORT_FORMATS);
  const rules = options.values("rule");
  for (const rule of rules) findRule(ruleTexts, rule);
  const output = options.value("output");
  const thorough = options.has("thorough");

  const proofs: Proof[] = [];
  for (const { profile, rendering } of started.profiles) {
    const nodeFiles = readNodeFiles(root, profile);
    proofs.push(await proveProfile(started, { profile, rendering, nodeFiles, rules, thorough }));
  }
  deliver(report(proofs, format, { style: reportStyle(output), rules: ruleTexts }), output);
  return Math.max(EXIT.proven, ...proofs.map(exitCodeOf));
}
