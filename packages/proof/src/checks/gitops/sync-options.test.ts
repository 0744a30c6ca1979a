import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { syncOptions } from "./sync-options.ts";

testRule(syncOptions, {
  "ok-safe": [],
  "ok-retained-claims": [],
  "ok-layer-without-data": [],
  "no-options": ["option-missing", "option-missing", "option-missing"],
  "creates-namespaces": ["option-missing"],
  replaces: ["option-destroys", "option-destroys"],
  misspelt: ["option-unknown", "option-unknown", "option-unknown"],
  "empty-and-drift": ["empty-allowed", "self-heal-off"],
  "rolling-sync": ["self-heal-off"],
  "claim-unprotected": ["data-unprotected", "data-unprotected"],
  "definition-unprotected": ["data-unprotected"],
  "claims-deleted": ["data-unprotected", "data-unprotected"],
  "set-deletes": ["data-deleted-with-set"],
  "element-deletes": ["data-deleted-with-set"],
  "application-deletes": ["data-deleted-with-set"],
  retries: ["retry-strands", "retry-strands"],
  "bare-application": [
    "option-missing",
    "option-missing",
    "option-missing",
    "self-heal-off",
    "retry-strands",
  ],
});

test("says what is lost, and by which field", () => {
  expect(checkRule(syncOptions, "set-deletes")).toMatchObject([
    {
      path: "spec.syncPolicy.preserveResourcesOnDeletion",
      limit: "true",
      message: expect.stringContaining("hold PersistentVolumeClaim data/store"),
    },
  ]);
  expect(checkRule(syncOptions, "misspelt")).toMatchObject([
    { fix: "Write PruneLast=true." },
    { fix: "Write Prune=false." },
    { fix: "Write ServerSideApply=true." },
  ]);
  expect(checkRule(syncOptions, "creates-namespaces")).toMatchObject([
    { actual: "CreateNamespace=true", limit: "CreateNamespace=false" },
  ]);
});
