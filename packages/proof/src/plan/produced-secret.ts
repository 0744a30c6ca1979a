import type { Plan, PlannedSecret } from "./plan.ts";

/** Whether an entry of the ledger is made: while it and the component that it belongs to are enabled. */
export function isProduced({ enabled, component }: PlannedSecret, plan: Plan): boolean {
  return enabled && Object.hasOwn(plan.components, component) && plan.components[component]?.enabled === true;
}
