import type { ManifestIndex } from "../manifest/manifest-index.ts";
import type { Plan } from "../plan/plan.ts";
import type { AddressRow } from "../proof.ts";
import { plannedAddresses, plannedPool, reservedAddresses } from "./address-plan.ts";
import {
  type AddressRange,
  contains,
  formatRange,
  isRange,
  parseRange,
  singleAddress,
} from "./address-range.ts";
import type { Address } from "./ipv4.ts";
import { loadBalancers } from "./load-balancer.ts";

interface Claim {
  readonly range: AddressRange;
  readonly row: Omit<AddressRow, "address">;
}

/**
 * Every address of the plan's pool and extension, and every one that a Service pins elsewhere, in ascending
 * order; neighbours with the same owner, and free neighbours, are one row. Without a plan only the pinned ones.
 */
export function addressLedger(index: ManifestIndex, plan: Plan | undefined): readonly AddressRow[] {
  const claims = [...pinned(index, plan), ...(plan === undefined ? [] : promised(plan))];
  const starts = new Set<Address>();
  for (const { range } of claims) starts.add(range.first).add(range.last + 1);
  const segments = [...starts].sort((a, b) => a - b);
  const ledger: { range: AddressRange; claim: Claim }[] = [];
  for (const [number, first] of segments.entries()) {
    const last = (segments[number + 1] ?? first) - 1;
    const claim = claims.find(({ range }) => contains(range, { first, last: first }));
    if (claim === undefined) continue;
    const previous = ledger.at(-1);
    if (previous?.claim === claim && previous.range.last + 1 === first)
      previous.range = { first: previous.range.first, last };
    else ledger.push({ range: { first, last }, claim });
  }
  return ledger.map(({ range, claim }) => ({ address: formatRange(range), ...claim.row }));
}

/** Addresses that rendered Services hold, with the name in the plan where the plan agrees. */
function pinned(index: ManifestIndex, plan: Plan | undefined): readonly Claim[] {
  const services = new Map<Address, Set<string>>();
  for (const { key, pins } of loadBalancers(index))
    for (const { address } of pins)
      if (address !== undefined) services.set(address, (services.get(address) ?? new Set()).add(key));
  const planned = plan === undefined ? [] : plannedAddresses(plan);
  return [...services].map(([address, keys]) => {
    const promise = planned.find((entry) => entry.address === address && keys.has(entry.service));
    return {
      range: singleAddress(address),
      row: {
        state: "pinned",
        owner: promise?.name ?? null,
        component: promise?.component ?? null,
        service: [...keys].join(", "),
        purpose: null,
      },
    };
  });
}

/** What the plan says about each address, the strongest claim first. */
function promised(plan: Plan): readonly Claim[] {
  const planned = plannedAddresses(plan).map(
    ({ address, name, component, service }): Claim => ({
      range: singleAddress(address),
      row: { state: "planned", owner: name, component, service, purpose: null },
    }),
  );
  const reserved = reservedAddresses(plan).map(
    ({ range, name, component, purpose }): Claim => ({
      range,
      row: { state: "reserved", owner: name, component, service: null, purpose },
    }),
  );
  const free = plannedPool(plan).map((range): Claim => ({ range, row: nobodys("free") }));
  const extension = parseRange(plan.addresses.extension.range);
  const optional = isRange(extension) ? [{ range: extension, row: nobodys("extension") }] : [];
  return [...planned, ...reserved, ...free, ...optional];
}

function nobodys(state: "free" | "extension"): Claim["row"] {
  return { state, owner: null, component: null, service: null, purpose: null };
}
