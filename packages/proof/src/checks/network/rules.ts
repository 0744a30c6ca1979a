import type { Rule } from "../rule.ts";
import { defaultDeny } from "./default-deny.ts";
import { flowsAllowed } from "./flows-allowed.ts";

export const networkRules: readonly Rule[] = [defaultDeny, flowsAllowed];
