import {
  EXIT,
  InputError,
  isInputError,
  ledgerEntry,
  planRotation,
  type Rotation,
  rotationText,
} from "@t495/proof";
import { Kubectl } from "../cluster/kubectl.ts";
import type { CommandAction } from "../command.ts";
import { reportStyle } from "../edge.ts";
import { writeNote, writeOut } from "../output.ts";
import { confirm } from "./ask.ts";
import { type ClusterSecret, factsOf, readLedger } from "./cluster-secrets.ts";
import { openLedger, requireGenerated } from "./open-ledger.ts";
import { finishRotation, writeValues } from "./rotate-values.ts";
import { requireTargets, runStep } from "./run-step.ts";

/** `platform secrets rotate NAME [KEY...]`: another value, everywhere at once, and whoever reads it learns it. */
export const run: CommandAction = async (input) => {
  const { arguments: words, options } = input;
  const [name = "", ...keys] = words;
  const { plan, context, consumers, places } = await openLedger(input);
  requireGenerated(plan);
  const entry = ledgerEntry(plan, name);
  const kubectl = new Kubectl(options);
  const namespaces = places.get(name) ?? [];
  const secrets = await readLedger(kubectl, new Map([[name, namespaces]]));
  const request = { name, keys, acceptLoss: options.has("accept-loss") };
  const rotation = planRotation(request, entry, consumers.get(name) ?? [], factsOf(secrets));
  await requireTargets(rotation, kubectl);
  writeOut(rotationText(rotation, reportStyle(undefined)));
  if (options.has("dry-run")) return EXIT.proven;
  if (!options.has("yes")) await confirm("Do it?");
  try {
    const values = await writeValues(rotation, entry, sorted(secrets, rotation), kubectl);
    for (const step of rotation.steps) await runStep(step, values, context, kubectl);
    await finishRotation(rotation, kubectl);
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw new InputError({
      what: error.what,
      ...(error.where !== undefined && { where: error.where }),
      fix: `${error.fix === undefined ? "" : `${error.fix}; then `}run \`platform secrets rotate ${name}\` again: it goes on where it was`,
    });
  }
  writeNote(`rotated ${rotation.keys.join(", ")} of Secret ${name}`);
  for (const text of rotation.afterwards) writeNote(text);
  return EXIT.proven;
};

/** The source first: whoever is interrupted after it can go on. */
function sorted(secrets: readonly ClusterSecret[], { namespaces }: Rotation): readonly ClusterSecret[] {
  const place = ({ metadata }: ClusterSecret): number => namespaces.indexOf(metadata.namespace);
  return secrets.toSorted((one, other) => place(one) - place(other));
}
