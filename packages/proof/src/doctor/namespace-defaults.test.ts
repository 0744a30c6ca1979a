import { expect, test } from "@jest/globals";
import { factsOf, findingsAfter, healthy, type Loose, plan } from "../../test/cluster-answers.ts";
import type { FactName } from "./cluster-facts.ts";
import { examineCluster } from "./examine-cluster.ts";

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
  [
    "a policy that leaves a direction open, and one that permits",
    ({ networkPolicies }) => {
      networkPolicies.items[0].spec.policyTypes = ["Ingress"];
      networkPolicies.items[1].spec.ingress = [{}];
      networkPolicies.items[1].spec.egress = [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }];
    },
    [
      /^closed-namespaces error NetworkPolicy data\/default-deny: it closes Ingress; the plan closes Egress, Ingress$/,
      /NetworkPolicy apps\/default-deny: it has ingress rules/,
      /NetworkPolicy apps\/default-deny: it has egress rules/,
    ],
  ],
])("%s", (_what, change, expected) => {
  expect(findingsAfter(change)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});

test.each<[readonly string[], readonly string[]]>([
  [["Ingress"], []],
  [["Ingress", "Egress"], ["it closes Egress, Ingress; the plan closes Ingress"]],
  [["Egress"], ["it closes Egress; the plan closes Ingress"]],
])("a namespace that is closed inwards only, with a policy of %j", (policyTypes, expected) => {
  const { data, ...others } = plan.namespaces as Loose;
  const inwards = { ...plan, namespaces: { ...others, data: { ...data, network: "deny-ingress" } } };
  const { networkPolicies, ...answers } = healthy();
  networkPolicies.items[0].metadata.name = "deny-ingress";
  networkPolicies.items[0].spec.policyTypes = policyTypes;
  const { findings } = examineCluster(inwards, factsOf({ ...answers, networkPolicies }));
  const found = findings.filter(({ id }) => id === "closed-namespaces");
  expect(found.map(({ message }) => message)).toEqual(expected);
});
