import { plannedAddresses, plannedPool } from "../addresses/address-plan.ts";
import {
  type AddressRange,
  formatRange,
  isRange,
  mergeRanges,
  parseNetwork,
  parseRange,
  subtractRanges,
} from "../addresses/address-range.ts";
import { formatAddress, parseAddress } from "../addresses/ipv4.ts";
import { at, objectsIn, stringAt, stringsIn } from "../manifest/values.ts";
import { itemsOf, nameOf, namespaceOf } from "./cluster-facts.ts";
import type { Examination } from "./examination.ts";

export const addressPool: Examination = {
  id: "address-pool",
  title: "MetalLB gives away the plan's addresses and no others",
  needs: ["pools"],
  *examine(plan, { pools: list }) {
    const pools = itemsOf(list);
    const real = mergeRanges(
      pools.flatMap((pool) => stringsIn(at(pool, "spec", "addresses")).flatMap(rangeOf)),
    );
    const planned = mergeRanges(plannedPool(plan));
    const object = pools.map((pool) => `IPAddressPool ${namespaceOf(pool)}/${nameOf(pool)}`).join(", ");
    for (const range of subtractRanges(real, planned)) {
      yield {
        severity: "error",
        object,
        message: `it gives away ${formatRange(range)}, which the plan does not have`,
        actual: formatRange(range),
        fix: "sync the Application metallb, or add the range to global.addresses and prove again",
      };
    }
    for (const range of subtractRanges(planned, real)) {
      yield {
        severity: "error",
        object,
        message: `${formatRange(range)} of the plan is in no pool`,
        limit: formatRange(range),
        fix: "sync the Application metallb",
      };
    }
  },
};

export const serviceAddresses: Examination = {
  id: "service-addresses",
  title: "Each load balancer has its planned address",
  needs: ["services"],
  *examine(plan, { services: list }) {
    const planned = new Map(
      plannedAddresses(plan)
        .filter(({ component }) => plan.components[component]?.enabled === true)
        .map(({ service, address }) => [service, formatAddress(address)]),
    );
    const balancers = itemsOf(list).filter((service) => at(service, "spec", "type") === "LoadBalancer");
    for (const service of balancers) {
      const name = `${namespaceOf(service)}/${nameOf(service)}`;
      const object = `Service ${name}`;
      const addresses = objectsIn(at(service, "status", "loadBalancer", "ingress")).map((entry) =>
        stringAt(entry, "ip"),
      );
      const address = addresses[0];
      const wanted = planned.get(name);
      planned.delete(name);
      if (address === undefined) {
        const fix = "kubectl -n metallb-system logs deploy/metallb-controller says why";
        yield { severity: "error", object, message: "it has no address yet", limit: wanted, fix };
      } else if (wanted === undefined) {
        const message = `it holds ${address}, which the plan does not give to it`;
        const fix = "add it to global.addresses.services, or make it a ClusterIP Service behind the ingress";
        yield { severity: "error", object, message, actual: address, fix };
      } else if (address !== wanted) {
        const message = `it holds ${address}; the plan says ${wanted}`;
        const fix = "see who holds the planned one: kubectl get svc -A | grep LoadBalancer";
        yield { severity: "error", object, message, actual: address, limit: wanted, fix };
      }
    }
    for (const [name, address] of planned) {
      yield {
        severity: "error",
        object: `Service ${name}`,
        message: `nobody answers on ${address}: the Service is not there`,
        limit: address,
        fix: "look at its Application in Argo CD",
      };
    }
  },
};

/** As MetalLB reads it: a network or `first-last`. */
function rangeOf(text: string): readonly AddressRange[] {
  const network = parseNetwork(text);
  if (network !== undefined) return [network];
  const range = parseRange(text);
  if (isRange(range)) return [range];
  const single = parseAddress(text);
  return single === undefined ? [] : [{ first: single, last: single }];
}
