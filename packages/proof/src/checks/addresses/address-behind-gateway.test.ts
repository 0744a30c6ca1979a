import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { addressBehindGateway } from "./address-behind-gateway.ts";

testRule(addressBehindGateway, {
  "own-pods": ["gateway-bypassed"],
  "another-namespace": ["gateway-bypassed"],
  "no-selector": ["gateway-bypassed"],
  "wider-selector": ["gateway-bypassed"],
  "not-rendered-pods": ["gateway-bypassed"],
  "no-gateway": ["gateway-without-service"],
  "ok-gateways-pods": [],
  "ok-other-labels-same-pods": [],
  "ok-narrower-without-pods": [],
  "ok-not-behind": [],
});

test("says which pods the address must lead to", () => {
  expect(checkRule(addressBehindGateway, "own-pods")).toMatchObject([
    {
      path: "spec.selector",
      actual: "app: ui",
      limit: "app: gateway",
      message:
        "Service apps/ui takes 192.168.1.244, which the plan keeps behind gateway, but sends to other pods than Service apps/gateway: whoever calls it is not asked to log in",
      fix: "Select app: gateway in namespace apps.",
    },
  ]);
});
