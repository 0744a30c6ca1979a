import { addressDefects } from "./addresses.ts";
import { budgetDefects } from "./budget.ts";
import { gitopsDefects } from "./gitops.ts";
import { integrityDefects } from "./integrity.ts";
import { monitoringDefects } from "./monitoring.ts";
import { networkDefects } from "./network.ts";
import { nodeDefects } from "./node.ts";
import { orderDefects } from "./order.ts";
import type { Defect } from "./platform-edit.ts";
import { priorityDefects } from "./priority.ts";
import { securityDefects } from "./security.ts";

export const defects: readonly Defect[] = [
  ...budgetDefects,
  ...addressDefects,
  ...orderDefects,
  ...priorityDefects,
  ...integrityDefects,
  ...networkDefects,
  ...monitoringDefects,
  ...securityDefects,
  ...gitopsDefects,
  ...nodeDefects,
];
