import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { flowsAllowed } from "./flows-allowed.ts";

testRule(flowsAllowed, {
  "ok-both-ends": [],
  "ok-named-port": [],
  "ok-several-policies": [],
  "ok-expressions": [],
  "ok-namespace-labels": [],
  "ok-words-are-no-hosts": [],
  "ok-comment-in-file": [],
  "ok-own-service": [],
  "ok-disabled-peer": [],
  "ok-declared-disabled-component": [],
  "ok-api-server": [],
  "ok-foundation": [],
  "ok-foundation-without-job": [],
  "ok-foundation-without-secrets": [],
  "ok-bound-account-without-token": [],
  "ok-hosts-elsewhere": [],
  "ok-fetches": [],
  "ok-internet": [],
  "ok-internet-without-special-ranges": [],
  "ok-load-balancer": [],
  "ok-load-balancer-behind-node": [],
  "ok-ingress": [],
  "ok-run-time-pods": [],
  "ok-scraped": [],
  "ok-log-files": [],
  "ok-malformed": [],
  "ok-host-network": [],
  "host-network-by-labels": ["declared-flow-refused"],
  "target-refuses": ["ingress-refused"],
  "source-refuses": ["egress-refused"],
  "no-dns": ["egress-refused", "egress-refused"],
  "dns-without-tcp": ["egress-refused"],
  "service-port-instead-of-pod-port": ["egress-refused", "ingress-refused"],
  "pod-selector-in-own-namespace": ["ingress-refused", "declared-flow-refused", "undeclared-flow"],
  "wrong-protocol": ["ingress-refused", "declared-flow-refused"],
  "unknown-port-name": ["ingress-refused", "declared-flow-refused"],
  "file-names-host": ["egress-refused", "ingress-refused", "egress-refused", "egress-refused"],
  "headless-pod-name": ["egress-refused"],
  "unknown-host": Array(6).fill("unknown-host"),
  "unknown-host-in-file": ["unknown-host"],
  "fetches-without-internet": ["egress-refused"],
  "wrong-service-port": ["unserved-port"],
  undeclared: ["undeclared-flow"],
  "undeclared-further-port": ["undeclared-flow"],
  "undeclared-any-namespace": ["undeclared-flow"],
  "undeclared-whole-namespace": ["undeclared-flow"],
  "undeclared-egress-to-namespaces": ["undeclared-flow"],
  "undeclared-unknown-pods": ["undeclared-flow"],
  "undeclared-disabled-component": ["undeclared-flow"],
  "undeclared-dns-to-anywhere": ["undeclared-flow"],
  "undeclared-private-network": ["undeclared-flow"],
  "internet-with-private-ranges": ["internet-includes-private"],
  "internet-declared-not-permitted": ["declared-flow-refused"],
  "ipv6-block": ["unchecked"],
  "declared-refused": ["declared-flow-refused"],
  "unknown-foundation-role": ["unknown-peer", "undeclared-flow"],
  "unknown-ends": ["unknown-peer", "unknown-peer", "unknown-peer"],
  "api-server-by-service-address": ["egress-refused", "undeclared-flow"],
  "projected-token": ["egress-refused"],
  "lan-without-service": ["lan-without-address"],
  "lan-to-unplanned-address": ["lan-without-address"],
  "load-balancer-closed": ["ingress-refused"],
  "ingress-closed": ["ingress-refused", "undeclared-flow"],
  "ingress-route-closed": ["ingress-refused"],
  "webhook-closed": ["ingress-refused"],
  "scrape-refused": ["egress-refused", "ingress-refused"],
});

test("says who needs what, on which port of the pod, and which end refuses", () => {
  expect(checkRule(flowsAllowed, "target-refuses")).toMatchObject([
    {
      code: "ingress-refused",
      manifest: { kind: "Deployment", name: "web", namespace: "apps" },
      path: "spec.template.spec.containers[0].env[0].value",
      message:
        "web/server cannot reach store/server on TCP 5432: no ingress rule of the policies of store/server " +
        "permits it (STORE_HOST names store.data.svc)",
      actual: "refused",
      limit: "TCP 5432",
      fix: expect.stringContaining("from web/server to store/server under global.flows"),
    },
  ]);
});

test("says what a policy permits beyond the plan, and by which rule", () => {
  expect(checkRule(flowsAllowed, "undeclared-further-port")).toMatchObject([
    {
      manifest: { kind: "NetworkPolicy", name: "store", namespace: "data" },
      path: "spec.ingress[0]",
      message:
        "the policy permits web/server → store/server on TCP 5433-5440, which global.flows does not declare",
      actual: 1,
      limit: 0,
    },
  ]);
});

test.each([
  ["undeclared-any-namespace", "any pod of any other namespace → store/server on TCP 5432"],
  ["undeclared-whole-namespace", "any pod of namespace default → store/server on TCP 5432"],
  ["undeclared-egress-to-namespaces", "web/server → any pod of namespace default on every port"],
  ["undeclared-unknown-pods", "pods with store-client of namespace apps → store/server on TCP 5432"],
  [
    "undeclared-disabled-component",
    "pods with app.kubernetes.io/name=report, app.kubernetes.io/component=worker of namespace apps → store/server on TCP 5432",
  ],
])("%s: a policy is held against pods that nobody has rendered", (fixture, flow) => {
  expect(checkRule(flowsAllowed, fixture)).toMatchObject([{ message: expect.stringContaining(flow) }]);
});

test("names the private networks that a rule for the internet forgot", () => {
  expect(checkRule(flowsAllowed, "internet-with-private-ranges")).toMatchObject([
    { actual: "100.64.0.0/10, 169.254.0.0/16", path: "spec.egress[0]" },
  ]);
});

test("names each host that is no Service's, and where it stands", () => {
  const named = checkRule(flowsAllowed, "unknown-host").map(
    (finding) => "actual" in finding && finding.actual,
  );
  expect(named).toEqual(["stor.data.svc", "store.dat.svc", "stoore", "stooore.data.svc", "store", "storee"]);
  expect(checkRule(flowsAllowed, "unknown-host-in-file")).toMatchObject([
    { actual: "stroe.data", manifest: { kind: "ConfigMap" }, path: 'data["web.conf"]' },
  ]);
});

test("says which command fetches what", () => {
  expect(checkRule(flowsAllowed, "fetches-without-internet")).toMatchObject([
    {
      path: "spec.template.spec.initContainers[0].command[2]",
      message: expect.stringContaining("cannot reach internet on TCP 443"),
    },
  ]);
});
