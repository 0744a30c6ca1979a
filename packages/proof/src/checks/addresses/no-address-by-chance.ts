import { addressPools } from "../../addresses/address-pool.ts";
import { contradictingPins, type LoadBalancer, loadBalancers } from "../../addresses/load-balancer.ts";
import { describeObject, referenceOf } from "../../manifest/kubernetes-object.ts";
import { at } from "../../manifest/values.ts";
import { defineRule, type Problem } from "../rule.ts";

type Code = "not-pinned" | "pinned-in-two-ways" | "contradicting-annotations" | "pool-gives-away";

export const noAddressByChance = defineRule<Code>({
  id: "no-address-by-chance",
  group: "addresses",
  severity: "error",
  title: "Every LoadBalancer Service says which address it takes",
  explanation: {
    protects:
      "Addresses that stay the same over reinstallation and restore, and those that others have pinned.",
    incident:
      "A new Service without a pin took the first free address of the pool. It was the one that the registry had pinned; the registry was down at that moment and came back to nothing.",
    fix: "Pin the address with the annotation metallb.io/loadBalancerIPs, and set autoAssign: false on every pool.",
    source:
      "metallb v0.16.1: controller/service.go (getDesiredLbIPs, allocateIPs), internal/allocator/allocator.go",
  },
  codes: {
    "not-pinned": "The Service takes whichever address is free.",
    "pinned-in-two-ways": "The annotation and spec.loadBalancerIP are both set: MetalLB assigns nothing.",
    "contradicting-annotations": "The deprecated annotation asks for another address and is ignored.",
    "pool-gives-away": "The pool gives addresses that others pin to Services that ask for none.",
  },
  *check({ index }) {
    const services = loadBalancers(index);
    const unpinned = services.filter(({ pins }) => pins.length === 0);
    for (const service of services) yield* checkService(service);
    if (unpinned.length === 0 || unpinned.length === services.length) return;
    const names = unpinned.map(({ manifest }) => describeObject(referenceOf(manifest))).join(", ");
    for (const { manifest, autoAssign } of addressPools(index)) {
      if (!autoAssign) continue;
      yield {
        code: "pool-gives-away",
        manifest,
        path: "spec.autoAssign",
        message: `${describeObject(referenceOf(manifest))} gives any free address to ${names}, also one that another Service has pinned and does not hold yet`,
        actual: String(at(manifest.object, "spec", "autoAssign") ?? "true (the default)"),
        limit: "false",
        fix: "Set autoAssign: false; pinned addresses are assigned all the same.",
      };
    }
  },
});

function* checkService(service: LoadBalancer): Generator<Problem<Code>> {
  const { manifest, pins, pinnedBy } = service;
  const name = describeObject(referenceOf(manifest));
  if (pins.length === 0)
    yield {
      code: "not-pinned",
      manifest,
      path: 'metadata.annotations["metallb.io/loadBalancerIPs"]',
      message: `${name} asks for no address: it takes whichever is free, or waits for ever where no pool assigns by itself`,
      fix: "Pin the address that the plan gives it, or make it a ClusterIP Service.",
    };
  if (pinnedBy.length > 1)
    yield {
      code: "pinned-in-two-ways",
      manifest,
      path: pinnedBy[1],
      message: `${name} pins ${pins.map(({ text }) => text).join(" and ")} by ${pinnedBy.join(" and ")}: MetalLB refuses the two together, even if they agree`,
      actual: pinnedBy.length,
      limit: 1,
      fix: "Keep the annotation; Kubernetes has deprecated the field.",
    };
  const contradiction = contradictingPins(service);
  if (contradiction !== undefined)
    yield {
      code: "contradicting-annotations",
      manifest,
      path: 'metadata.annotations["metallb.universe.tf/loadBalancerIPs"]',
      message: `${name} asks for ${contradiction[1]} by the deprecated annotation, which MetalLB ignores for ${contradiction[0] || "an empty one"} of the present one`,
      actual: contradiction[1],
      limit: contradiction[0],
      fix: "Remove the annotation metallb.universe.tf/loadBalancerIPs.",
    };
}
