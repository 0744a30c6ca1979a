import { EXIT, InputError, nearest, SUPPLY_KINDS, type SupplyKind, suppliedSecrets } from "@t495/proof";
import type { CommandAction } from "../command.ts";
import { writeOut } from "../output.ts";
import { writeNewFile } from "./new-file.ts";
import { openLedger } from "./open-ledger.ts";

/** `platform secrets template`: what must exist when the platform makes no Secrets itself. */
export const run: CommandAction = async (input) => {
  const { options } = input;
  const kind = supplyKind(options.value("format") ?? "secret");
  const { ledger } = await openLedger(input);
  const text = suppliedSecrets(ledger, kind, options.value("store") ?? "secrets");
  const output = options.value("output");
  if (output === undefined) writeOut(text);
  else writeNewFile(output, text);
  return EXIT.proven;
};

function supplyKind(word: string): SupplyKind {
  const kind = SUPPLY_KINDS.find((one) => one === word);
  if (kind !== undefined) return kind;
  const meant = nearest(word, SUPPLY_KINDS);
  throw new InputError({
    what: `there is no format ${word}`,
    fix: meant === undefined ? `write one of ${SUPPLY_KINDS.join(", ")}` : `did you mean ${meant}?`,
  });
}
