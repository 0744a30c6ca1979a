import type { DeclaredFlow } from "./declared-flows.ts";
import type { FlowEnd } from "./flow-ends.ts";
import { covers, type IntervalSet, intersect } from "./interval-set.ts";
import type { NeededFlow } from "./needed-flows.ts";
import type { Direction } from "./network-policy.ts";
import { portRange } from "./port-set.ts";
import type { Reachability } from "./reachability.ts";

/** The ends that refuse a needed flow, source first; none when one of its choices of ports passes both. */
export function refusingEnds(need: NeededFlow, reachability: Reachability): readonly Direction[] {
  const { from, orFrom, to, ports } = need;
  const accepts = (choice: IntervalSet): boolean =>
    permits(reachability, "ingress", to, from, choice) ||
    (orFrom !== undefined && permits(reachability, "ingress", to, orFrom, choice));
  const sends = (choice: IntervalSet): boolean => permits(reachability, "egress", from, to, choice);
  if (ports.some((choice) => sends(choice) && accepts(choice))) return [];
  const refusing: Direction[] = [];
  if (!ports.some(sends)) refusing.push("egress");
  if (!ports.some(accepts)) refusing.push("ingress");
  // Each end permits another port of the Service: the target's policy names the ports that it serves.
  return refusing.length > 0 ? refusing : ["egress"];
}

/** The declared port numbers that no pods of the flow can use on any protocol. */
export function refusedNumbers(flow: DeclaredFlow, reachability: Reachability): readonly number[] {
  return flow.numbers.filter(
    (number) =>
      !(["TCP", "UDP", "SCTP"] as const).some((protocol) =>
        passes(flow, portRange(protocol, number, number), reachability),
      ),
  );
}

function passes({ from, to }: DeclaredFlow, ports: IntervalSet, reachability: Reachability): boolean {
  if (from.kind === "pods" && to.kind === "pods") {
    return from.pods.some((source) =>
      to.pods.some((target) => intersect(reachability.portsBetween(source, target), ports).length > 0),
    );
  }
  return (
    permits(reachability, "egress", from, to, ports) && permits(reachability, "ingress", to, from, ports)
  );
}

/** Whether the policies of `own` permit `other`; addresses have no policies, and so permit everything. */
function permits(
  reachability: Reachability,
  direction: Direction,
  own: FlowEnd,
  other: FlowEnd,
  ports: IntervalSet,
): boolean {
  if (own.kind === "addresses") return true;
  return own.pods.some((pods) =>
    other.kind === "addresses"
      ? reachability.permitsAddresses(direction, pods, other.required, ports)
      : other.pods.some((peer) => covers(reachability.permission(direction, pods, peer).ports, ports)),
  );
}
