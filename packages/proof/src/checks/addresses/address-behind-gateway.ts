import { type ReservedAddresses, reservedAddresses } from "../../addresses/address-plan.ts";
import { contains, formatRange, singleAddress } from "../../addresses/address-range.ts";
import { type LoadBalancer, loadBalancers } from "../../addresses/load-balancer.ts";
import { describeObject, type Manifest, namespaceOf, referenceOf } from "../../manifest/kubernetes-object.ts";
import { objectAt } from "../../manifest/values.ts";
import type { Workload } from "../../manifest/workload.ts";
import { labelsOf, matchesLabels } from "../../network/label-selector.ts";
import { plainText } from "../../schemas/plain-text.ts";
import { defineRule } from "../rule.ts";

export const addressBehindGateway = defineRule({
  id: "address-behind-gateway",
  group: "addresses",
  severity: "error",
  needs: "plan",
  title: "An address that stands behind a gateway leads to the gateway's pods",
  explanation: {
    protects:
      "Logins: programs that leave authentication to their gateway serve whoever reaches them another way.",
    incident:
      "The pipelines' interface got an address of its own that selected its pods. Nobody had to log in there, and everybody at home could run any image on the node.",
    fix: "Let the Service select the gateway's pods, and let the gateway route by address or host name.",
    source:
      "Kubeflow's distribution exposes one gateway, on which dex and oauth2-proxy stand; the plan: global.addresses.reserved.*.behind",
  },
  codes: {
    "gateway-bypassed": "A Service on such an address sends to other pods than the gateway's.",
    "gateway-without-service":
      "No Service holds the gateway's address, so it cannot be told who its pods are.",
  },
  *check({ index, workloads, plan }) {
    const reservations = reservedAddresses(plan);
    const balancers = loadBalancers(index);
    for (const balancer of balancers)
      for (const { address, text, path } of balancer.pins) {
        const entry = reservations.find(
          ({ range }) => address !== undefined && contains(range, singleAddress(address)),
        );
        const gateway = reservations.find(({ name }) => name === entry?.behind);
        if (entry === undefined || gateway === undefined) continue;
        const fronts = balancers.filter((front) => holds(front, gateway));
        if (fronts.some(({ manifest }) => sendsTo(balancer.manifest, manifest, workloads))) continue;
        const name = describeObject(referenceOf(balancer.manifest));
        const [front] = fronts;
        yield {
          code: front === undefined ? "gateway-without-service" : "gateway-bypassed",
          manifest: balancer.manifest,
          path: front === undefined ? path : "spec.selector",
          message:
            front === undefined
              ? `${name} takes ${text}, which the plan keeps behind ${gateway.name}, and no Service holds ${formatRange(gateway.range)}`
              : `${name} takes ${text}, which the plan keeps behind ${gateway.name}, but sends to other pods than ${describeObject(referenceOf(front.manifest))}: whoever calls it is not asked to log in`,
          actual: selectorText(balancer.manifest),
          limit: front === undefined ? formatRange(gateway.range) : selectorText(front.manifest),
          fix:
            front === undefined
              ? `Render the gateway's Service, which pins ${formatRange(gateway.range)}.`
              : `Select ${selectorText(front.manifest)} in namespace ${namespaceOf(front.manifest)}.`,
        };
      }
  },
});

function holds({ pins }: LoadBalancer, { range }: ReservedAddresses): boolean {
  return pins.some(({ address }) => address !== undefined && contains(range, singleAddress(address)));
}

/** Whether all that a Service sends to are pods of the gateway's; by labels where no pod is rendered. */
function sendsTo(service: Manifest, gateway: Manifest, workloads: readonly Workload[]): boolean {
  const [own, theirs] = [selectorOf(service), selectorOf(gateway)];
  const namespace = namespaceOf(service);
  // Without a selector somebody else writes the endpoints.
  if (namespace !== namespaceOf(gateway) || own.length === 0 || theirs.length === 0) return false;
  const has = new Map(own);
  if (theirs.every(([key, value]) => has.get(key) === value)) return true;
  const wanted = podsOf(gateway, workloads);
  const selected = podsOf(service, workloads);
  return selected.length > 0 && selected.every((workload) => wanted.includes(workload));
}

function podsOf(service: Manifest, workloads: readonly Workload[]): readonly Workload[] {
  const matchLabels = Object.fromEntries(selectorOf(service));
  return workloads.filter(
    ({ manifest, podMetadata }) =>
      namespaceOf(manifest) === namespaceOf(service) && matchesLabels({ matchLabels }, labelsOf(podMetadata)),
  );
}

function selectorOf({ object }: Manifest): readonly (readonly [string, unknown])[] {
  return Object.entries(objectAt(object, "spec", "selector") ?? {});
}

function selectorText(service: Manifest): string {
  return (
    selectorOf(service)
      .map(([key, value]) => `${key}: ${plainText(value)}`)
      .join(", ") || "no selector"
  );
}
