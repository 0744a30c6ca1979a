import { explainRule, findRule, listRules, ruleTexts } from "@t495/proof";
import type { CommandAction } from "../command.ts";
import { reportStyle } from "../edge.ts";
import { writeOut } from "../output.ts";

/** `platform explain`: one rule in full, or all of them by group. */
export const run: CommandAction = async ({ arguments: [id] }) => {
  const style = reportStyle(undefined);
  writeOut(id === undefined ? listRules(ruleTexts, style) : explainRule(findRule(ruleTexts, id), style));
  return 0;
};
