import type { Rule } from "../rule.ts";
import { evictionOrder } from "./eviction-order.ts";
import { priorityClassesMatchPlan } from "./priority-classes-match-plan.ts";
import { priorityMatchesLayer } from "./priority-matches-layer.ts";
import { requirePriorityClass } from "./require-priority-class.ts";

export const priorityRules: readonly Rule[] = [
  requirePriorityClass,
  priorityClassesMatchPlan,
  priorityMatchesLayer,
  evictionOrder,
];
