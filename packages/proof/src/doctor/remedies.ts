import type { Plan } from "../plan/plan.ts";

/** What foundation renders comes back with its Application. */
export const SYNC_FOUNDATION = "sync the Application foundation";

/** On the node; without a name the script takes the default machine's files. */
export function installNode(plan: Plan): string {
  return `sudo sh node/install.sh ${plan.profile}`;
}
