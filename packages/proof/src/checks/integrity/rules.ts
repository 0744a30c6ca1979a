import type { Rule } from "../rule.ts";
import { deterministicRender } from "./deterministic-render.ts";
import { embeddedConfigValid } from "./embedded-config-valid.ts";
import { explicitNamespace } from "./explicit-namespace.ts";
import { portsMatch } from "./ports-match.ts";
import { referencesResolve } from "./references-resolve.ts";
import { secretsClosed } from "./secrets-closed.ts";
import { selectorsMatch } from "./selectors-match.ts";
import { storageClassesMatchPlan } from "./storage-classes-match-plan.ts";
import { uniqueObject } from "./unique-object.ts";
import { validObject } from "./valid-object.ts";

export const integrityRules: readonly Rule[] = [
  validObject,
  referencesResolve,
  selectorsMatch,
  portsMatch,
  uniqueObject,
  explicitNamespace,
  deterministicRender,
  embeddedConfigValid,
  secretsClosed,
  storageClassesMatchPlan,
];
