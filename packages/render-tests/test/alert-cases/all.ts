import type { AlertCase } from "./alert-case.ts";
import { budgetCases } from "./budget.ts";
import { containerCases } from "./containers.ts";
import { monitoringCases } from "./monitoring.ts";
import { nodeCases, storageCases } from "./node.ts";
import { addressCases, backupCases, rolloutCases, serviceCases } from "./platform.ts";

export const alertCases: readonly AlertCase[] = [
  ...budgetCases,
  ...containerCases,
  ...nodeCases,
  ...storageCases,
  ...addressCases,
  ...rolloutCases,
  ...backupCases,
  ...serviceCases,
  ...monitoringCases,
];
