import type { Rule } from "../rule.ts";
import { dynamicPodsDeclared } from "./dynamic-pods-declared.ts";
import { layerFits } from "./layer-fits.ts";
import { limitRangeSane } from "./limit-range-sane.ts";
import { memorySettingsAgree } from "./memory-settings-agree.ts";
import { nodeFits } from "./node-fits.ts";
import { podsSchedulable } from "./pods-schedulable.ts";
import { quotaFits } from "./quota-fits.ts";
import { quotaMatchesPlan } from "./quota-matches-plan.ts";
import { requireResources } from "./require-resources.ts";
import { reservationHolds } from "./reservation-holds.ts";

export const budgetRules: readonly Rule[] = [
  requireResources,
  quotaFits,
  layerFits,
  nodeFits,
  podsSchedulable,
  quotaMatchesPlan,
  limitRangeSane,
  reservationHolds,
  dynamicPodsDeclared,
  memorySettingsAgree,
];
