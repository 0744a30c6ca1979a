import type { Rule } from "../rule.ts";
import { valueFilesAgree } from "./value-files-agree.ts";

export const gitopsRules: readonly Rule[] = [valueFilesAgree];
