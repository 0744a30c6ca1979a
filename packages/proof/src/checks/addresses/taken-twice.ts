import { plannedAddresses } from "../../addresses/address-plan.ts";
import type { Address } from "../../addresses/ipv4.ts";
import type { LoadBalancer } from "../../addresses/load-balancer.ts";
import type { ServiceAddresses } from "../../addresses/service-address.ts";
import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../rule.ts";

export type TakenTwiceCode = "taken-twice" | "cluster-address-twice" | "node-port-twice";

/** What two Services take by their own fields, past MetalLB, which would keep them apart. */
export function* checkTakenTwice(
  services: readonly ServiceAddresses[],
  balancers: readonly LoadBalancer[],
  plan: Plan | undefined,
): Generator<Problem<TakenTwiceCode>> {
  yield* checkExternal(services, balancers, plan);
  const addresses = services.flatMap(({ manifest, cluster }) =>
    cluster.map(({ text, path }) => ({ manifest, path, what: text })),
  );
  yield* repeated(addresses, ({ manifest, path, what }, owner) => ({
    code: "cluster-address-twice",
    manifest,
    path,
    message: `${describeObject(referenceOf(manifest))} asks for the clusterIP ${what}, which ${describeObject(referenceOf(owner))} asks for too: the API server refuses whichever comes second`,
    actual: what,
    fix: "Leave the field out: its name finds the Service at any address.",
  }));
  const ports = services.flatMap(({ manifest, nodePorts }) =>
    nodePorts.map(({ port, path }) => ({ manifest, path, what: String(port) })),
  );
  yield* repeated(ports, ({ manifest, path, what }, owner) => ({
    code: "node-port-twice",
    manifest,
    path,
    message: `${describeObject(referenceOf(manifest))} asks for port ${what} of the node, which ${describeObject(referenceOf(owner))} asks for too: the API server refuses whichever comes second, whatever its protocol`,
    actual: Number(what),
    fix: "Leave the port out and let the API server choose, or choose another from 30000 to 32767.",
  }));
}

interface Claim {
  readonly manifest: Manifest;
  readonly path: string;
  readonly what: string;
}

/** A problem for each claim to what another Service has claimed before; one Service may use a port twice. */
function* repeated(
  claims: readonly Claim[],
  problem: (claim: Claim, owner: Manifest) => Problem<TakenTwiceCode>,
): Generator<Problem<TakenTwiceCode>> {
  const owners = new Map<string, Manifest>();
  for (const claim of claims) {
    const owner = owners.get(claim.what);
    if (owner === undefined) owners.set(claim.what, claim.manifest);
    else if (owner !== claim.manifest) yield problem(claim, owner);
  }
}

/** Who has an address: a Service and the ports on which it answers, or the plan for one that is not rendered. */
interface Holder {
  readonly manifest: Manifest | undefined;
  readonly name: string;
  readonly ports: ReadonlySet<string> | "every-port";
}

function* checkExternal(
  services: readonly ServiceAddresses[],
  balancers: readonly LoadBalancer[],
  plan: Plan | undefined,
): Generator<Problem<TakenTwiceCode>> {
  if (services.every(({ external }) => external.length === 0)) return;
  const holders = new Map<Address, Holder[]>();
  const hold = (address: Address | undefined, holder: Holder): void => {
    if (address === undefined) return;
    const others = holders.get(address);
    if (others === undefined) holders.set(address, [holder]);
    else others.push(holder);
  };
  for (const { manifest, pins, ports } of balancers)
    for (const { address } of pins)
      hold(address, { manifest, name: describeObject(referenceOf(manifest)), ports });
  for (const { address, service, name } of plan === undefined ? [] : plannedAddresses(plan))
    if (!holders.has(address))
      hold(address, {
        manifest: undefined,
        name: `Service ${service} by the plan (${name})`,
        ports: "every-port",
      });
  for (const { manifest, external, ports } of services)
    for (const { text, address, path } of external) {
      const others = address === undefined ? [] : (holders.get(address) ?? []);
      const rival = others.find(
        (holder) => holder.manifest !== manifest && shared(holder, ports) !== undefined,
      );
      if (rival !== undefined)
        yield {
          code: "taken-twice",
          manifest,
          path,
          message: `${describeObject(referenceOf(manifest))} takes ${text} by spec.externalIPs, which ${rival.name} has${rival.ports === "every-port" ? "" : `, and both listen on ${shared(rival, ports)}`}: the node sends its packets to either of the two`,
          actual: text,
          limit: rival.name,
          fix: "Remove spec.externalIPs; pin an address of its own in a LoadBalancer Service if the LAN must reach it.",
        };
      hold(address, { manifest, name: describeObject(referenceOf(manifest)), ports });
    }
}

function shared(holder: Holder, ports: ReadonlySet<string>): string | undefined {
  const held = holder.ports;
  return [...ports].find((port) => held === "every-port" || held.has(port));
}
