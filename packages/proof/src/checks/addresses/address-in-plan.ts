import { isEnabled, plannedAddresses, plannedPool, reservedAddresses } from "../../addresses/address-plan.ts";
import { contains, formatRange, singleAddress } from "../../addresses/address-range.ts";
import { formatAddress } from "../../addresses/ipv4.ts";
import { type LoadBalancer, loadBalancers, type Pin } from "../../addresses/load-balancer.ts";
import { describeObject, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";

type Code = "unplanned-address" | "wrong-address" | "wrong-service" | "not-pinned" | "outside-pool";

export const addressInPlan = defineRule<Code>({
  id: "address-in-plan",
  group: "addresses",
  severity: "error",
  title: "Every pinned address is the plan's for that Service, and every planned one is pinned",
  explanation: {
    protects: "The address table that people read and that hosts files and bookmarks are made from.",
    incident:
      "The notebooks' configuration named the tracking server by its planned address; its Service had pinned the next one, and every run failed to log.",
    fix: "Write the address once, in global.addresses.services, and let the Service's template take it from there.",
    source: "The plan: global.addresses",
  },
  codes: {
    "unplanned-address": "A Service pins an address that the plan gives to nobody.",
    "wrong-address": "A Service pins another address than the plan's for it.",
    "wrong-service": "A Service pins an address that the plan gives to another one.",
    "not-pinned": "No Service pins the planned address of an enabled component.",
    "outside-pool": "The plan promises an address that is in no pool: MetalLB refuses to assign it.",
  },
  needs: "plan",
  *check({ index, plan }) {
    yield* checkPromises(plan);
    const services = loadBalancers(index);
    for (const service of services)
      for (const pin of service.pins) if (pin.address !== undefined) yield* checkPin(service, pin, plan);
    const byKey = new Map(services.map((service) => [service.key, service]));
    for (const { name, address, component, service, path } of plannedAddresses(plan)) {
      if (!isEnabled(component, plan) || (byKey.get(service)?.pins.length ?? 0) > 0) continue;
      yield {
        code: "not-pinned",
        manifest: byKey.get(service)?.manifest,
        path,
        message: `The plan gives ${formatAddress(address)} (${name}) to Service ${service} of ${component}, and ${byKey.has(service) ? "that Service pins nothing" : "no such LoadBalancer Service is rendered"}`,
        actual: "(none)",
        limit: formatAddress(address),
        fix: "Render the Service with the annotation metallb.io/loadBalancerIPs, or remove the entry from the plan.",
      };
    }
  },
});

function* checkPromises(plan: Plan): Generator<Problem<Code>> {
  const pool = plannedPool(plan);
  const promises = [
    ...plannedAddresses(plan).map(({ address, ...rest }) => ({ ...rest, range: singleAddress(address) })),
    ...reservedAddresses(plan),
  ];
  for (const { name, range, component, path } of promises) {
    if (pool.some((part) => contains(part, range))) continue;
    yield {
      code: "outside-pool",
      path,
      message: `The plan promises ${formatRange(range)} (${name}) to ${component}, and the pool is ${pool.map(formatRange).join(" and ")}`,
      actual: formatRange(range),
      limit: pool.map(formatRange).join(", "),
      fix: "Choose an address of the pool, or enable global.addresses.extension if it is there.",
    };
  }
}

function* checkPin(
  { manifest, key }: LoadBalancer,
  { text, address, path }: Pin,
  plan: Plan,
): Generator<Problem<Code>> {
  const planned = plannedAddresses(plan);
  const owner = planned.find((entry) => entry.address === address);
  const own = planned.find(({ service }) => service === key);
  if (owner?.service === key || planned.some((entry) => entry.address === address && entry.service === key))
    return;
  const name = describeObject(referenceOf(manifest));
  if (owner !== undefined) {
    yield {
      code: "wrong-service",
      manifest,
      path,
      message: `${name} pins ${text}, which the plan gives to Service ${owner.service} (${owner.name})`,
      actual: key,
      limit: owner.service,
      fix: own === undefined ? "Pin another address." : `Pin ${formatAddress(own.address)}.`,
    };
  } else if (own !== undefined) {
    yield {
      code: "wrong-address",
      manifest,
      path,
      message: `${name} pins ${text}; the plan gives it ${formatAddress(own.address)} (${own.name})`,
      actual: text,
      limit: formatAddress(own.address),
      fix: `Pin ${formatAddress(own.address)}, or change the plan.`,
    };
  } else if (address !== undefined && !isReserved(address, plan)) {
    yield {
      code: "unplanned-address",
      manifest,
      path,
      message: `${name} pins ${text}, which the plan gives to nobody`,
      actual: text,
      fix: "Add the Service to global.addresses.services, where everybody sees who holds which address.",
    };
  }
}

/** Whether a component may take a reserved address is decided by `reserved-address-free`. */
function isReserved(address: number, plan: Plan): boolean {
  return reservedAddresses(plan).some(({ range }) => contains(range, singleAddress(address)));
}
