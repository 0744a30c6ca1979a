import type { Rule } from "../rule.ts";
import { applicationSetsComplete } from "./application-sets-complete.ts";
import { projectsRestrict } from "./projects-restrict.ts";
import { syncOptions } from "./sync-options.ts";
import { valueFilesAgree } from "./value-files-agree.ts";

export const gitopsRules: readonly Rule[] = [
  valueFilesAgree,
  applicationSetsComplete,
  projectsRestrict,
  syncOptions,
];
