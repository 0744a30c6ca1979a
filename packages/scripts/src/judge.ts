import {
  EXIT,
  exitCodeOf,
  findRule,
  type Proof,
  prove,
  REPORT_FORMATS,
  readPlan,
  report,
  reportFormat,
  ruleTexts,
} from "@t495/proof";
import type { OptionValues } from "./command.ts";
import { ownTools, reportStyle, today } from "./edge.ts";
import { readNodeFiles } from "./node-profiles.ts";
import { deliver } from "./output.ts";
import { noteWarnings, type StartedProfiles } from "./render-platform.ts";

/** Proves what Helm renders for each profile, prints it and gives the exit code. */
export async function judge(started: StartedProfiles, options: OptionValues, root: string): Promise<number> {
  const format = reportFormat(options.value("format") ?? "pretty", REPORT_FORMATS);
  const rules = options.values("rule");
  for (const rule of rules) findRule(ruleTexts, rule);
  const output = options.value("output");
  const given = { rules, today: today(), tools: { ...ownTools(), helm: started.helm.version } };

  const proofs: Proof[] = [];
  for (const { profile, rendering } of started.profiles) {
    const { manifests, warnings } = await rendering;
    noteWarnings(warnings);
    const plan = readPlan(manifests);
    const isThorough = options.has("thorough") && plan !== undefined;
    const renderings = isThorough ? await started.platform.renderParts({ profile }, plan) : undefined;
    const valueFiles = await started.platform.valueFiles({ profile });
    const nodeFiles = readNodeFiles(root, profile);
    proofs.push(prove({ manifests, plan, renderings, valueFiles, nodeFiles, ...given }));
  }
  deliver(report(proofs, format, { style: reportStyle(output), rules: ruleTexts }), output);
  return Math.max(EXIT.proven, ...proofs.map(exitCodeOf));
}
