import { readFileSync } from "node:fs";
import {
  type ClusterFacts,
  diagnosisReport,
  EXIT,
  examineCluster,
  FACT_NAMES,
  InputError,
  type Plan,
  printable,
  readPlan,
  reportFormat,
} from "@t495/proof";
import type { CommandAction, OptionValues } from "../command.ts";
import { askCluster } from "../doctor/ask-cluster.ts";
import { reportStyle } from "../edge.ts";
import { deliver, writeFileAtomically } from "../output.ts";
import { renderPlatform } from "../render-platform.ts";

/** `platform doctor`: the plan of a profile against the node that runs it. */
export const run: CommandAction = async ({ options, root }) => {
  const format = reportFormat(options.value("format") ?? "pretty", ["pretty", "json"]);
  const plan = readPlan((await renderPlatform(root, options.value("profile"))).manifests);
  if (plan === undefined) throw new Error("the rendering carries no plan");
  const facts = await factsOf(options, plan);
  const record = options.value("record");
  if (record !== undefined) writeFileAtomically(record, `${JSON.stringify(facts, undefined, 2)}\n`);
  const diagnosis = examineCluster(plan, facts);
  const output = options.value("output");
  const text =
    format === "json"
      ? `${JSON.stringify(diagnosis, undefined, 2)}\n`
      : diagnosisReport(printable(diagnosis), reportStyle(output));
  deliver(text, output);
  return diagnosis.ok ? EXIT.proven : EXIT.findings;
};

function factsOf(options: OptionValues, plan: Plan): Promise<ClusterFacts> | ClusterFacts {
  const file = options.value("facts");
  return file === undefined ? askCluster(plan.node.name, options.value("kubeconfig")) : readFacts(file);
}

/** What `--record` wrote; a fact that a recording lacks is one that nobody asked for. */
function readFacts(file: string): ClusterFacts {
  let recorded: unknown;
  try {
    recorded = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new InputError({
      what: `these facts cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      where: file,
      fix: "name a file that `platform doctor --record FILE` wrote",
      cause,
    });
  }
  const facts = Object(recorded) as Partial<ClusterFacts>;
  return Object.fromEntries(
    FACT_NAMES.map((name) => [name, facts[name] ?? { problem: `${file} does not hold ${name}` }]),
  ) as ClusterFacts;
}
