import { isObject } from "../manifest/values.ts";
import { type Amount, parseQuantity, type ResourceList } from "./quantity.ts";

export const NO_RESOURCES: ResourceList = {};

/** The amount of one resource, undefined when the list does not name it. */
export function amountOf(list: ResourceList, resource: string): Amount | undefined {
  return Object.hasOwn(list, resource) ? list[resource] : undefined;
}

/** A field's resources as amounts; the names of those that are no quantities go to `unreadable`. */
export function readResourceList(value: unknown, path: string, unreadable: string[]): ResourceList {
  if (!isObject(value)) return NO_RESOURCES;
  const list: [string, Amount][] = [];
  for (const [resource, quantity] of Object.entries(value)) {
    const amount = parseQuantity(quantity);
    if (amount === undefined) unreadable.push(`${path}.${resource}`);
    else list.push([resource, amount]);
  }
  return Object.fromEntries(list);
}

/** The sum by resource name. */
export function addResources(...lists: readonly ResourceList[]): ResourceList {
  return merge(lists, (a, b) => a + b);
}

/** The greater by resource name. */
export function maxResources(...lists: readonly ResourceList[]): ResourceList {
  return merge(lists, larger);
}

/** Every amount times a whole number. */
export function scaleResources(list: ResourceList, factor: number): ResourceList {
  const by = BigInt(factor);
  return Object.fromEntries(Object.entries(list).map(([resource, amount]) => [resource, amount * by]));
}

/** `base` with what it does not name taken from `defaults`. */
export function withDefaults(base: ResourceList, defaults: ResourceList): ResourceList {
  return { ...defaults, ...base };
}

function larger(a: Amount, b: Amount): Amount {
  return a > b ? a : b;
}

function merge(lists: readonly ResourceList[], combine: (a: Amount, b: Amount) => Amount): ResourceList {
  const result: Record<string, Amount> = {};
  for (const list of lists) {
    for (const [resource, amount] of Object.entries(list)) {
      const known = amountOf(result, resource);
      result[resource] = known === undefined ? amount : combine(known, amount);
    }
  }
  return result;
}
