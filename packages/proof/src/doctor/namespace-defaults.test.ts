import { expect, test } from "@jest/globals";
import { findingsAfter, type Loose } from "../../test/cluster-answers.ts";
import type { FactName } from "./cluster-facts.ts";

test.each<[string, (answers: Record<FactName, Loose>) => void, readonly RegExp[]]>([
  [
    "a limit range changed by hand, and one that is gone",
    ({ limitRanges }) => {
      limitRanges.items[0].spec.limits[0].max.memory = "3Gi";
      delete limitRanges.items[0].spec.limits[0].default.cpu;
      limitRanges.items.pop();
    },
    [
      /^limit-ranges error LimitRange data\/containers: default of cpu is nothing; the plan says 100m/,
      /LimitRange data\/containers: max of memory is 3 Gi; the plan says 2 Gi/,
      /Namespace apps: it has no limit range/,
    ],
  ],
  [
    "an open namespace, and one that is closed for some",
    ({ networkPolicies }) => {
      networkPolicies.items[1].spec.podSelector = { matchLabels: { app: "web" } };
      networkPolicies.items.shift();
    },
    [
      /^closed-namespaces error NetworkPolicy data\/default-deny: it is not there/,
      /NetworkPolicy apps\/default-deny/,
    ],
  ],
])("%s", (_what, change, expected) => {
  expect(findingsAfter(change)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});
