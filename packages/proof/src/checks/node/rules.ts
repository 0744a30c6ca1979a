import type { Rule } from "../rule.ts";
import { nodeConfigAgrees } from "./node-config-agrees.ts";

export const nodeRules: readonly Rule[] = [nodeConfigAgrees];
