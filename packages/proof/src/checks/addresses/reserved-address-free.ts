import { isEnabled, plannedAddresses, reservedAddresses } from "../../addresses/address-plan.ts";
import { contains, formatRange, singleAddress } from "../../addresses/address-range.ts";
import { formatAddress } from "../../addresses/ipv4.ts";
import { loadBalancers } from "../../addresses/load-balancer.ts";
import { describeObject, referenceOf } from "../../manifest/kubernetes-object.ts";
import { componentOf } from "../../order/applications.ts";
import { defineRule } from "../rule.ts";

export const reservedAddressFree = defineRule({
  id: "reserved-address-free",
  group: "addresses",
  severity: "error",
  title: "Reserved addresses stay free until their component is enabled",
  explanation: {
    protects:
      "What is to come: a component that is switched on later finds its addresses as they were announced.",
    incident:
      "A dashboard borrowed the address kept for an ingress gateway. When the gateway was switched on, it stayed without an address and its whole layer never became healthy.",
    fix: "Pin an address outside global.addresses.reserved, or enable the component that it is reserved for.",
    source: "The plan: global.addresses.reserved",
  },
  codes: {
    "reserved-for-another": "A Service pins an address that is reserved for another component.",
    "reserved-and-disabled": "A Service of a disabled component takes its reserved address.",
    "promised-and-reserved": "The plan gives a Service an address that it reserves for another component.",
  },
  needs: "plan",
  *check({ index, plan }) {
    const reserved = reservedAddresses(plan);
    const reservationOf = (address: number) =>
      reserved.find(({ range }) => contains(range, singleAddress(address)));
    for (const { name, address, component, path } of plannedAddresses(plan)) {
      const reservation = reservationOf(address);
      if (reservation === undefined || reservation.component === component) continue;
      yield {
        code: "promised-and-reserved",
        path,
        message: `The plan gives ${formatAddress(address)} to ${name} of ${component} and reserves ${formatRange(reservation.range)} for ${reservation.component} (${reservation.purpose})`,
        actual: formatAddress(address),
        limit: formatRange(reservation.range),
        fix: `Give ${name} another address, or shorten the reservation ${reservation.name}.`,
      };
    }
    for (const { manifest, pins } of loadBalancers(index))
      for (const { address, text, path } of pins) {
        const reservation = address === undefined ? undefined : reservationOf(address);
        if (reservation === undefined) continue;
        const component = componentOf(manifest);
        const own = component === reservation.component;
        if (own && isEnabled(reservation.component, plan)) continue;
        const name = describeObject(referenceOf(manifest));
        yield {
          code: own ? "reserved-and-disabled" : "reserved-for-another",
          manifest,
          path,
          message: own
            ? `${name} takes ${text}, reserved for ${reservation.component}, which the plan has disabled`
            : `${name} of ${component ?? "no component"} takes ${text}, reserved for ${reservation.component} (${reservation.purpose})`,
          actual: component ?? "",
          limit: reservation.component,
          fix: own
            ? `Enable ${reservation.component}, or do not render its Service.`
            : "Pin an address that is not reserved.",
        };
      }
  },
});
