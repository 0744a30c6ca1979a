import { plannedAddresses, reservedAddresses } from "../../addresses/address-plan.ts";
import { addressPools } from "../../addresses/address-pool.ts";
import {
  type AddressRange,
  formatRange,
  isRange,
  overlaps,
  parseRange,
} from "../../addresses/address-range.ts";
import { type Address, formatAddress } from "../../addresses/ipv4.ts";
import { type LoadBalancer, loadBalancers } from "../../addresses/load-balancer.ts";
import { serviceAddresses } from "../../addresses/service-address.ts";
import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";
import { checkRoutes } from "./ingress-routes.ts";
import { checkTakenTwice, type TakenTwiceCode } from "./taken-twice.ts";

type Code =
  | "pinned-twice"
  | "planned-twice"
  | "overlapping-pools"
  | "overlapping-reservations"
  | TakenTwiceCode
  | "route-twice";

export const uniqueAddress = defineRule<Code>({
  id: "unique-address",
  group: "addresses",
  severity: "error",
  title: "No address, port of the node or route has two owners",
  explanation: {
    protects:
      "Every address that people have in their bookmarks: MetalLB gives it to whichever Service it sees first.",
    incident:
      "Two Services pinned .241. After a reboot the other one was first, and the object store's address answered with a login page.",
    fix: "Give each Service its own address, or let both share one on purpose: the same allow-shared-ip key and no common port.",
    source:
      "metallb v0.16.1: internal/allocator/allocator.go (checkSharing, sharingOK), internal/config/config.go; kubernetes v1.36: pkg/registry/core/service (ipallocator, portallocator)",
  },
  codes: {
    "pinned-twice": "Two Services pin one address and may not share it.",
    "planned-twice": "The plan gives one address to two Services.",
    "overlapping-pools":
      "Two ranges of pools have an address in common: MetalLB refuses the whole configuration.",
    "overlapping-reservations": "The plan reserves one address for two purposes.",
    "taken-twice": "spec.externalIPs takes an address and port that another Service has.",
    "cluster-address-twice": "Two Services ask for one fixed clusterIP.",
    "node-port-twice": "Two Services ask for one port of the node.",
    "route-twice": "Two Ingresses claim one host and path.",
  },
  *check({ index, plan }) {
    if (plan !== undefined) yield* checkPlan(plan);
    yield* checkPools(
      addressPools(index).flatMap(({ manifest, entries }) =>
        entries.flatMap(({ range, path }) => (range === undefined ? [] : [{ range, path, manifest }])),
      ),
    );
    const balancers = loadBalancers(index);
    yield* checkPins(balancers);
    yield* checkTakenTwice(serviceAddresses(index), balancers, plan);
    yield* checkRoutes(index);
  },
});

function* checkPlan(plan: Plan): Generator<Problem<Code>> {
  const owners = new Map<Address, string>();
  for (const { name, address, path } of plannedAddresses(plan)) {
    const owner = owners.get(address);
    if (owner === undefined) owners.set(address, name);
    else
      yield {
        code: "planned-twice",
        path,
        message: `The plan gives ${formatAddress(address)} to ${owner} and to ${name}`,
        actual: formatAddress(address),
        fix: `Give ${name} an address of its own.`,
      };
  }
  yield* checkPools(
    [plan.addresses.pool, plan.addresses.extension].flatMap(({ range }, number) => {
      const parsed = parseRange(range);
      const path = `global.addresses.${number === 0 ? "pool" : "extension"}.range`;
      return isRange(parsed) ? [{ range: parsed, path, manifest: undefined }] : [];
    }),
  );
  for (const [first, second] of neighbours(reservedAddresses(plan)))
    yield {
      code: "overlapping-reservations",
      path: second.path,
      message: `The plan reserves ${formatRange(second.range)} for ${second.name} and ${formatRange(first.range)} for ${first.name}`,
      actual: formatRange(second.range),
      limit: formatRange(first.range),
      fix: "Reserve each address once.",
    };
}

interface PoolRange {
  readonly range: AddressRange;
  readonly path: string;
  readonly manifest: Manifest | undefined;
}

function* checkPools(ranges: readonly PoolRange[]): Generator<Problem<Code>> {
  for (const [first, second] of neighbours(ranges)) {
    const owner = first.manifest === undefined ? first.path : describeObject(referenceOf(first.manifest));
    yield {
      code: "overlapping-pools",
      manifest: second.manifest,
      path: second.path,
      message: `${formatRange(second.range)} overlaps ${formatRange(first.range)} of ${owner}: MetalLB refuses both and keeps its last configuration, or none`,
      actual: formatRange(second.range),
      limit: formatRange(first.range),
      fix: "Let each address be in one range of one pool.",
    };
  }
}

/** Each range that overlaps one that starts before it, with the one before that reaches furthest. */
function* neighbours<T extends { readonly range: AddressRange }>(
  ranges: readonly T[],
): Generator<readonly [T, T]> {
  let furthest: T | undefined;
  for (const current of [...ranges].sort((a, b) => a.range.first - b.range.first)) {
    if (furthest !== undefined && overlaps(furthest.range, current.range)) yield [furthest, current];
    if (furthest === undefined || current.range.last > furthest.range.last) furthest = current;
  }
}

function* checkPins(services: readonly LoadBalancer[]): Generator<Problem<Code>> {
  const holders = new Map<Address, LoadBalancer[]>();
  for (const service of services)
    for (const { address, path } of service.pins) {
      if (address === undefined) continue;
      const before = holders.get(address);
      if (before === undefined) {
        holders.set(address, [service]);
        continue;
      }
      // The annotation and the field of one Service: `no-address-by-chance` reports the two.
      if (before.includes(service)) continue;
      const obstacles = before.flatMap((holder) => {
        const reason = obstacleTo(service, holder);
        return reason === undefined ? [] : [`${describeObject(referenceOf(holder.manifest))}: ${reason}`];
      });
      if (obstacles.length > 0)
        yield {
          code: "pinned-twice",
          manifest: service.manifest,
          path,
          message: `${describeObject(referenceOf(service.manifest))} pins ${formatAddress(address)}, which it cannot share with ${obstacles.join("; ")}`,
          actual: formatAddress(address),
          fix: "Pin another address, or give both Services the same metallb.io/allow-shared-ip and different ports.",
        };
      before.push(service);
    }
}

/** Why MetalLB does not let two Services share an address; undefined when it does. */
function obstacleTo(service: LoadBalancer, holder: LoadBalancer): string | undefined {
  if (service.sharingKey === "" || holder.sharingKey === "")
    return "not both have a metallb.io/allow-shared-ip key";
  if (service.sharingKey !== holder.sharingKey)
    return `their keys "${service.sharingKey}" and "${holder.sharingKey}" differ`;
  if (service.backendKey !== holder.backendKey)
    return "with externalTrafficPolicy Local both must select the same pods";
  const port = [...service.ports].find((candidate) => holder.ports.has(candidate));
  return port === undefined ? undefined : `both listen on ${port}`;
}
