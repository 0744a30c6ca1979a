import { secretUses } from "../checks/integrity/secrets/secret-uses.ts";
import type { CheckContext } from "../checks/rule.ts";
import { componentOf } from "../order/applications.ts";
import type { PlannedSecret } from "../plan/plan.ts";

/** A rendered object that uses keys of a Secret. */
export interface SecretConsumer {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly component: string | undefined;
  /** Undefined when it reads all. */
  readonly keys: readonly string[] | undefined;
}

/** Who uses each Secret of a ledger, by the rendering: the Secret's name → its consumers, in order of appearance. */
export function secretConsumers(
  { index, workloads }: Pick<CheckContext, "index" | "workloads">,
  ledger: ReadonlyMap<string, PlannedSecret>,
): ReadonlyMap<string, readonly SecretConsumer[]> {
  const found = new Map<string, Map<string, SecretConsumer>>();
  for (const { user, namespace, name, keys } of secretUses(index, workloads)) {
    if (!ledger.get(name)?.namespaces.includes(namespace)) continue;
    const consumers = found.get(name) ?? new Map<string, SecretConsumer>();
    found.set(name, consumers);
    const id = `${user.kind}/${namespace}/${user.name}`;
    const known = consumers.get(id);
    consumers.set(id, {
      kind: user.kind,
      namespace,
      name: user.name,
      component: componentOf(user),
      keys: known === undefined ? keys : together(known.keys, keys),
    });
  }
  return new Map([...found].map(([name, consumers]) => [name, [...consumers.values()]]));
}

function together(
  some: readonly string[] | undefined,
  others: readonly string[] | undefined,
): readonly string[] | undefined {
  if (some === undefined || others === undefined) return undefined;
  return [...new Set([...some, ...others])];
}
