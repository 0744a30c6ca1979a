import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { storageWithConsumer } from "./storage-with-consumer.ts";

testRule(storageWithConsumer, {
  "wave-before": ["claim-before-consumer"],
  "claim-in-a-hook": ["claim-before-consumer"],
  "immediate-class-before": ["claim-before-consumer"],
  unused: ["claim-without-consumer"],
  "only-at-night": ["claim-without-running-pod"],
  "unknown-class": ["unchecked"],
  "ok-same-wave": [],
  "ok-binds-by-itself": [],
});

test("names the first consumer and its wave", () => {
  expect(checkRule(storageWithConsumer, "wave-before")).toMatchObject([
    {
      manifest: { name: "store", kind: "PersistentVolumeClaim" },
      actual: 13,
      limit: 14,
      message: expect.stringContaining("its first consumer Job data/seed in wave 14"),
      fix: "Give the claim the wave 14.",
    },
  ]);
});
