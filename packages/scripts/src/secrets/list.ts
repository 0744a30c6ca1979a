import { describeSecrets, EXIT, printable, reportFormat, secretTable } from "@t495/proof";
import { Kubectl } from "../cluster/kubectl.ts";
import type { CommandAction } from "../command.ts";
import { reportStyle } from "../edge.ts";
import { deliver } from "../output.ts";
import { factsOf, readLedger } from "./cluster-secrets.ts";
import { openLedger } from "./open-ledger.ts";

/** `platform secrets list`: the ledger against the cluster. */
export const run: CommandAction = async (input) => {
  const { options } = input;
  const format = reportFormat(options.value("format") ?? "pretty", ["pretty", "json"]);
  const { plan, ledger, consumers, places } = await openLedger(input);
  const facts = factsOf(await readLedger(new Kubectl(options), places));
  const rows = describeSecrets(ledger, consumers, facts, plan.secrets.generate.enabled);
  const output = options.value("output");
  const text =
    format === "json"
      ? `${JSON.stringify(rows, undefined, 2)}\n`
      : secretTable(printable(rows), new Date().toISOString(), reportStyle(output));
  deliver(text, output);
  return rows.every(({ problems }) => problems.length === 0) ? EXIT.proven : EXIT.findings;
};
