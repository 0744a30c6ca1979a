import { addressesRules } from "./addresses/rules.ts";
import { budgetRules } from "./budget/rules.ts";
import { gitopsRules } from "./gitops/rules.ts";
import { integrityRules } from "./integrity/rules.ts";
import { networkRules } from "./network/rules.ts";
import { nodeRules } from "./node/rules.ts";
import { orderRules } from "./order/rules.ts";
import { priorityRules } from "./priority/rules.ts";
import type { Rule } from "./rule.ts";
import { securityRules } from "./security/rules.ts";

/** Every rule, in the order in which reports list them. */
export const rules: readonly Rule[] = [
  ...budgetRules,
  ...addressesRules,
  ...orderRules,
  ...priorityRules,
  ...integrityRules,
  ...networkRules,
  ...securityRules,
  ...gitopsRules,
  ...nodeRules,
];
