import { isIpv6 } from "../../addresses/ipv4.ts";
import { describeAddresses } from "../../network/address-set.ts";
import { type DeclaredFlow, declaredFlows, ingressEnd } from "../../network/declared-flows.ts";
import { exposedFlows, unexposedNumbers } from "../../network/exposed-flows.ts";
import { createNetwork, type FlowEnd } from "../../network/flow-ends.ts";
import { internetFlows } from "../../network/internet-flows.ts";
import { consumerFlows, type NeededFlow } from "../../network/needed-flows.ts";
import { toNetworkPolicy } from "../../network/network-policy.ts";
import { apiServerFlows, scrapeFlows } from "../../network/platform-flows.ts";
import { describePorts } from "../../network/port-set.ts";
import { refusedNumbers, refusingEnds } from "../../network/refusals.ts";
import { type Surplus, undeclaredFlows } from "../../network/undeclared-flows.ts";
import { unknownHosts } from "../../network/unknown-hosts.ts";
import { defineRule, type PlannedContext, type Problem, type Unchecked } from "../rule.ts";

type Code =
  | "egress-refused"
  | "ingress-refused"
  | "unserved-port"
  | "unknown-host"
  | "undeclared-flow"
  | "internet-includes-private"
  | "declared-flow-refused"
  | "lan-without-address"
  | "unknown-peer";

type Finding = Problem<Code>;

/** Flows that are listed one by one in a message. */
const LISTED = 3;

export const flowsAllowed = defineRule<Code>({
  id: "flows-allowed",
  group: "network",
  severity: "error",
  title: "Who has to talk can, and nobody else does",
  explanation: {
    protects:
      "That every connection which the rendering itself asks for (host names in variables, arguments and mounted " +
      "files, scrape targets, Ingress backends, addresses on the home network, webhooks, the API server) passes " +
      "the policies of both ends, that what the policies let through is declared in global.flows, also towards " +
      "pods that nobody has rendered, and that host names which look like a Service's are one. Not seen: short " +
      "names without a port or inside files, names put together at run time, and calls to the internet other " +
      "than URLs among the arguments of curl, wget, git, pip and the like.",
    incident:
      "A new service works on the developer's cluster without policies, and on the node each request ends in a " +
      "timeout after 30 seconds; or a policy meant for one client opens the database to every notebook.",
    fix: "Declare the flow under global.flows and render both policies from it, or remove the permission.",
    source:
      "kubernetes v1.36 staging/src/k8s.io/api/networking/v1/types.go; networkpolicy pages of kubernetes.io",
  },
  codes: {
    "egress-refused": "The source's policies refuse a connection that it needs.",
    "ingress-refused": "The target's policies refuse a connection that somebody needs.",
    "unserved-port": "A host name stands beside a port that its Service does not have.",
    "unknown-host": "A text of a pod names a Service that nobody renders or plans.",
    "undeclared-flow": "The policies permit a connection that the plan does not declare.",
    "internet-includes-private": "A rule for the internet also admits private addresses.",
    "declared-flow-refused": "The plan declares a flow that the policies refuse.",
    "lan-without-address": "The plan lets the home network call a port that no planned address leads to.",
    "unknown-peer": "A flow names an end that does not exist.",
  },
  needs: "plan",
  *check(context) {
    const { index, plan, workloads } = context;
    const network = createNetwork(index, workloads, plan);
    const { flows, unknown } = declaredFlows(plan, network);
    const consumers = consumerFlows(network);
    const needed = [
      ...consumers.flows,
      ...exposedFlows(network, index, ingressEnd(plan, network)),
      ...scrapeFlows(network),
      ...apiServerFlows(network, index, plan.node.network.apiServerPort),
      ...internetFlows(network, plan),
    ];
    for (const { path, peer, reason } of unknown) {
      yield {
        code: "unknown-peer",
        path,
        message: `flow end ${peer} does not exist: ${reason}`,
        actual: peer,
        fix: "Name a component, component/role, or one of ingress, node, lan, internet, dns and kube-apiserver.",
      };
    }
    yield* consumers.unserved.map(({ host, port, service, manifest, path }): Finding => {
      const ports = service.ports.map((candidate) => candidate.port).join(", ");
      return {
        code: "unserved-port",
        manifest,
        path,
        message: `${host} names port ${port}, but Service ${service.namespace}/${service.name} has ${ports || "none"}`,
        actual: port,
        limit: ports,
        fix: "Name a port of the Service.",
      };
    });
    yield* unknownHosts(network, plan).map(
      ({ host, manifest, path }): Finding => ({
        code: "unknown-host",
        manifest,
        path,
        message: `${host} is no Service: none of the rendering or the plan has this name`,
        actual: host,
        fix: "Correct the name and its namespace, or render the Service.",
      }),
    );
    const seen = new Set<string>();
    for (const need of needed) {
      const key = [endKey(need.from), endKey(need.to), JSON.stringify(need.ports)].join(" ");
      if (seen.has(key)) continue;
      seen.add(key);
      for (const end of refusingEnds(need, network.reachability)) yield refusal(need, end);
    }
    for (const flow of flows) {
      const unexposed = unexposedNumbers(flow, network, plan);
      if (unexposed.length > 0) yield lanWithoutAddress(flow, unexposed);
      const refused = refusedNumbers(flow, network.reachability);
      if (refused.length === 0) continue;
      yield {
        code: "declared-flow-refused",
        path: flow.path,
        message: `${flow.from.name} may reach ${flow.to.name} on port ${refused.join(", ")} by the plan, but the policies refuse it`,
        actual: "refused",
        limit: `port ${refused.join(", ")}`,
        fix: "Permit it in the source's egress and the target's ingress policy, or disable the flow.",
      };
    }
    for (const surplus of undeclaredFlows(network, flows, plan)) yield* surplusFindings(surplus);
    yield* ipv6Blocks(context);
  },
});

function refusal(need: NeededFlow, end: "ingress" | "egress"): Finding {
  const ports = need.ports.map(describePorts).join(" or ");
  const [own, direction] = end === "egress" ? [need.from.name, "egress"] : [need.to.name, "ingress"];
  return {
    code: `${end}-refused`,
    manifest: need.manifest,
    path: need.path,
    message: `${need.from.name} cannot reach ${need.to.name} on ${ports}: no ${direction} rule of the policies of ${own} permits it (${need.because})`,
    actual: "refused",
    limit: ports,
    fix: `Declare the flow from ${need.from.name} to ${need.to.name} under global.flows, so that both policies permit it.`,
  };
}

function lanWithoutAddress({ path, to }: DeclaredFlow, numbers: readonly number[]): Finding {
  const ports = numbers.join(", ");
  return {
    code: "lan-without-address",
    path,
    message: `the plan lets every device of the home network call ${to.name} on port ${ports}, and no LoadBalancer Service with an address of global.addresses.services leads there`,
    actual: `port ${ports}`,
    fix: "Take lan out of the flow's `from`, or plan an address and expose the port by a LoadBalancer Service.",
  };
}

function* surplusFindings({ rule, flows, privateAddresses }: Surplus): Generator<Finding> {
  const { manifest } = rule.policy;
  if (flows.length > 0) {
    const listed = flows
      .slice(0, LISTED)
      .map(({ from, to, ports }) => `${from} → ${to} on ${describePorts(ports)}`);
    const more = flows.length > LISTED ? ` and ${flows.length - LISTED} more` : "";
    yield {
      code: "undeclared-flow",
      manifest,
      path: rule.path,
      message: `the policy permits ${listed.join("; ")}${more}, which global.flows does not declare`,
      actual: flows.length,
      limit: 0,
      fix: "Declare the flow under global.flows, or narrow the rule's peers and ports to those that are declared.",
    };
  }
  if (privateAddresses.length > 0) {
    const networks = describeAddresses(privateAddresses);
    yield {
      code: "internet-includes-private",
      manifest,
      path: rule.path,
      message: `a rule for the internet also admits ${networks}`,
      actual: networks,
      fix: "Add 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 and 169.254.0.0/16 to the block's `except`.",
    };
  }
}

function* ipv6Blocks({ index }: PlannedContext): Generator<Unchecked> {
  for (const manifest of index.filter({ kind: "NetworkPolicy" })) {
    const policy = toNetworkPolicy(manifest);
    const rules = [...(policy?.ingress ?? []), ...(policy?.egress ?? [])];
    for (const { cidr, path } of rules.flatMap(({ peers }) => (peers === "every-peer" ? [] : peers))) {
      if (cidr !== undefined && isIpv6(cidr)) {
        yield { unchecked: `${path} admits ${cidr}: the plan knows IPv4 addresses only`, manifest };
      }
    }
  }
}

function endKey(end: FlowEnd): string {
  if (end.kind === "addresses") return end.name;
  return end.pods.map(({ namespace, labels }) => `${namespace}${JSON.stringify(labels)}`).join("+");
}
