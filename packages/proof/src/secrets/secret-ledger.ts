import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Plan, PlannedSecret } from "../plan/plan.ts";
import { isProduced } from "../plan/produced-secret.ts";

/** The entries that are made: enabled, and of a component that is. */
export function secretLedger(plan: Plan): ReadonlyMap<string, PlannedSecret> {
  return new Map(Object.entries(plan.secrets.ledger).filter(([, secret]) => isProduced(secret, plan)));
}

/** @throws InputError for a name that the ledger does not have, or has disabled */
export function ledgerEntry(plan: Plan, name: string): PlannedSecret {
  const ledger = secretLedger(plan);
  const entry = ledger.get(name);
  if (entry !== undefined) return entry;
  const meant = nearest(name, ledger.keys());
  throw new InputError({
    what: Object.hasOwn(plan.secrets.ledger, name)
      ? `Secret ${name} is switched off, or its component is`
      : `the ledger has no Secret ${name}`,
    where: "global.secrets.ledger",
    fix: meant === undefined ? "`platform secrets list` shows every entry" : `did you mean ${meant}?`,
  });
}
