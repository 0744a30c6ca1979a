import type { Plan } from "../plan/plan.ts";
import { type AddressRange, isRange, parseRange } from "./address-range.ts";
import { type Address, parseAddress } from "./ipv4.ts";

/** A Service that the plan gives an address. */
export interface PlannedAddress {
  /** Its name in `addresses.services`. */
  readonly name: string;
  readonly address: Address;
  readonly component: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly path: string;
}

/** Addresses that the plan keeps for a component. */
export interface ReservedAddresses {
  /** Its name in `addresses.reserved`. */
  readonly name: string;
  readonly range: AddressRange;
  readonly component: string;
  readonly purpose: string;
  /** The reservation of the gateway that its Services must lead to; empty for none. */
  readonly behind: string;
  readonly path: string;
}

/** The plan's pool: the default range, and the extension where it is enabled. Unreadable ranges are left out. */
export function plannedPool({ addresses: { pool, extension } }: Plan): readonly AddressRange[] {
  return [pool.range, ...(extension.enabled ? [extension.range] : [])].map(parseRange).filter(isRange);
}

/** The plan's Services in its order; those whose address is not readable are left out. */
export function plannedAddresses({ addresses }: Plan): readonly PlannedAddress[] {
  return Object.entries(addresses.services).flatMap(([name, { address, component, namespace, service }]) => {
    const parsed = parseAddress(address);
    if (parsed === undefined) return [];
    const path = `global.addresses.services.${name}.address`;
    return [{ name, address: parsed, component, service: `${namespace}/${service}`, path }];
  });
}

/** The plan's reservations in its order; those whose range is not readable are left out. */
export function reservedAddresses({ addresses }: Plan): readonly ReservedAddresses[] {
  return Object.entries(addresses.reserved).flatMap(([name, { range, ...entry }]) => {
    const parsed = parseRange(range);
    if (!isRange(parsed)) return [];
    return [{ ...entry, name, range: parsed, path: `global.addresses.reserved.${name}.range` }];
  });
}

export function isEnabled(component: string, { components }: Plan): boolean {
  return Object.hasOwn(components, component) && components[component]?.enabled === true;
}
