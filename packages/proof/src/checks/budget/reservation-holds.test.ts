import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { reservationHolds } from "./reservation-holds.ts";

testRule(reservationHolds, {
  "ok-nothing-reserved": [],
  "ok-reserved": [],
  "ok-waiting-without-quota": [],
  "ok-waiting-without-budget": [],
  "namespace-gone": ["reservation-without-namespace", "reservation-without-quota"],
  "quota-gone": ["reservation-without-quota"],
  "quota-switched-off": ["reservation-without-quota"],
  "compute-switched-off": ["reservation-without-quota"],
  "quota-without-memory": ["reservation-without-quota"],
  "unknown-namespace": ["namespace-unbounded"],
  "others-grew": ["reservation-overcommitted"],
  "undeclared-without-quota": ["namespace-unbounded"],
  "planned-quota-not-rendered": ["namespace-unbounded"],
});

test("says what is reserved and what the others may take", () => {
  expect(checkRule(reservationHolds, "others-grew")).toMatchObject([
    { message: "apps reserve 1.5 Gi of 6.5 Gi, but the other namespaces may take 5.25 Gi", limit: "5 Gi" },
  ]);
});
