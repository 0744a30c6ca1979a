import {
  createContext,
  describePlatform,
  type PlatformFacts,
  printable,
  type ReportStyle,
  readPlan,
  reportFormat,
} from "@t495/proof";
import type { CommandAction, CommandInput } from "./command.ts";
import { reportStyle } from "./edge.ts";
import { deliver } from "./output.ts";
import { readManifests, readPlanOption } from "./read-manifests.ts";
import { renderPlatform } from "./render-platform.ts";

/** A command that prints one part of a proof, of the platform or of manifests that somebody else rendered. */
export function tableCommand<Part extends keyof PlatformFacts>(
  part: Part,
  print: (facts: PlatformFacts[Part], style: ReportStyle) => string,
): CommandAction {
  return async (input) => {
    const format = reportFormat(input.options.value("format") ?? "pretty", ["pretty", "json"]);
    const facts = (await readFacts(input))[part];
    const output = input.options.value("output");
    const text =
      format === "json"
        ? `${JSON.stringify(facts, undefined, 2)}\n`
        : print(printable(facts), reportStyle(output));
    deliver(text, output);
    return 0;
  };
}

async function readFacts({ arguments: files, options, root }: CommandInput): Promise<PlatformFacts> {
  const plan = await readPlanOption(options.value("plan"));
  const manifests =
    files.length === 0
      ? (await renderPlatform(root, options.value("profile"))).manifests
      : await readManifests(files);
  return describePlatform(createContext(manifests, plan ?? readPlan(manifests)));
}
