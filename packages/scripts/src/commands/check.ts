import { exitCodeOf, findRule, prove, REPORT_FORMATS, report, reportFormat, ruleTexts } from "@t495/proof";
import type { CommandAction } from "../command.ts";
import { ownTools, reportStyle, today } from "../edge.ts";
import { deliver } from "../output.ts";
import { readManifests, readPlanOption } from "../read-manifests.ts";

/** `platform check`: the rules on manifests that somebody else rendered. */
export const run: CommandAction = async ({ arguments: files, options }) => {
  const format = reportFormat(options.value("format") ?? "pretty", REPORT_FORMATS);
  const rules = options.values("rule");
  // Before a long stream is read.
  for (const rule of rules) findRule(ruleTexts, rule);
  const plan = await readPlanOption(options.value("plan"));
  const proof = prove({
    manifests: await readManifests(files),
    plan,
    rules,
    today: today(),
    tools: ownTools(),
  });
  const output = options.value("output");
  deliver(report([proof], format, { style: reportStyle(output), rules: ruleTexts }), output);
  return exitCodeOf(proof);
};
