import { backupOf, EXIT, InputError, missingFromBackup, SOURCE_NAMESPACE } from "@t495/proof";
import { Kubectl } from "../cluster/kubectl.ts";
import type { CommandAction } from "../command.ts";
import { writeNote, writeOut } from "../output.ts";
import { encryptText } from "./age-file.ts";
import { readSecrets } from "./cluster-secrets.ts";
import { requireNoFile, writeNewFile } from "./new-file.ts";
import { openLedger, requireGenerated } from "./open-ledger.ts";

/** `platform secrets export`: the source of every value, encrypted before it leaves this process. */
export const run: CommandAction = async (input) => {
  const { options } = input;
  const output = options.value("output");
  if (output !== undefined) requireNoFile(output);
  const { plan, ledger } = await openLedger(input);
  requireGenerated(plan);
  const sources = await readSecrets(new Kubectl(options), SOURCE_NAMESPACE, [...ledger.keys()]);
  if (sources.length === 0)
    throw new InputError({
      what: `there is no Secret of the ledger in ${SOURCE_NAMESPACE}`,
      fix: "name the right cluster with --kubeconfig and --context; foundation's Job makes them",
    });
  const backup = backupOf(sources);
  const encrypted = await encryptText(`${JSON.stringify(backup)}\n`, options);
  if (output === undefined) writeOut(encrypted);
  else writeNewFile(output, encrypted);
  const missing = missingFromBackup(ledger, backup);
  writeNote(
    `${sources.length} Secrets are in it; keep it outside the node, and its key or passphrase elsewhere`,
  );
  if (missing.length === 0) return EXIT.proven;
  writeNote(`not in it, because the cluster lacks them: ${missing.join("; ")}`);
  return EXIT.findings;
};
