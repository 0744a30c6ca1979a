import { type AddressPool, addressPools, servesService } from "../../addresses/address-pool.ts";
import { contains, singleAddress } from "../../addresses/address-range.ts";
import { advertisements, advertisesPool, advertisesService } from "../../addresses/advertisement.ts";
import { type LoadBalancer, loadBalancers, type Pin } from "../../addresses/load-balancer.ts";
import { describeObject, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";

type Code = "in-no-pool" | "pool-excludes-service" | "other-pool-requested" | "not-announced";

export const pinnedAddressServed = defineRule<Code>({
  id: "pinned-address-served",
  group: "addresses",
  severity: "error",
  title: "The pool of a pinned address serves its Service, and is announced for it",
  explanation: {
    protects:
      "The last step to an address: a pool may serve some namespaces or Services alone, and an advertisement announce some Services alone.",
    incident:
      "A pool was kept for the ingress controller's namespace. The object store had pinned the next address of the same pool; its Service stayed pending, and with it the whole layer, which waited for it to be healthy.",
    fix: "Widen the pool's serviceAllocation or the advertisement's serviceSelectors, or pin an address of another pool.",
    source:
      "metallb v0.16.1: internal/allocator/allocator.go (poolFor, isPoolCompatibleWithService), controller/service.go (allocateIPs), speaker/layer2_controller.go (l2AdsForService)",
  },
  codes: {
    "in-no-pool": "No rendered pool holds the pinned address: MetalLB assigns nothing.",
    "pool-excludes-service": "The pool of the pinned address does not serve this Service.",
    "other-pool-requested":
      "The Service asks for another pool than that of its address: MetalLB assigns nothing.",
    "not-announced": "The pool is announced, but not for this Service.",
  },
  *check({ index, plan }) {
    const pools = addressPools(index);
    // Whoever has no plan may have the pools elsewhere; a plan's pool is part of its platform.
    if (pools.length === 0 && plan === undefined) return;
    const announced = advertisements(index);
    for (const service of loadBalancers(index))
      for (const pin of service.pins) {
        const { address } = pin;
        if (address === undefined) continue;
        const pool = pools.find(({ entries }) =>
          entries.some(({ range }) => range !== undefined && contains(range, singleAddress(address))),
        );
        if (pool === undefined) {
          yield inNoPool(service, pin, pools);
          continue;
        }
        yield* checkPool(service, pin, pool, index);
        const own = announced.filter((advertisement) => advertisesPool(advertisement, pool.manifest));
        if (own.length > 0 && !own.some((candidate) => advertisesService(candidate, service.manifest)))
          yield notAnnounced(
            service,
            pin,
            own.map(({ manifest }) => describeObject(referenceOf(manifest))),
          );
      }
  },
});

function* checkPool(
  { manifest, requestedPool }: LoadBalancer,
  { text, path }: Pin,
  pool: AddressPool,
  index: ManifestIndex,
): Generator<Problem<Code> | Unchecked> {
  const name = describeObject(referenceOf(manifest));
  const poolName = describeObject(referenceOf(pool.manifest));
  const serves = servesService(pool.manifest, manifest, index);
  if (serves === "unknown")
    yield {
      unchecked: `Whether ${poolName} serves the namespace of ${name}: it selects by labels of namespaces that are not rendered`,
      manifest,
    };
  else if (!serves)
    yield {
      code: "pool-excludes-service",
      manifest,
      path,
      message: `${name} pins ${text} of ${poolName}, whose spec.serviceAllocation leaves it out: MetalLB assigns nothing`,
      actual: text,
      limit: pool.name,
      fix: `Let spec.serviceAllocation of ${pool.name} name its namespace and labels, or pin an address of another pool.`,
    };
  if (requestedPool.value === "" || requestedPool.value === pool.name) return;
  yield {
    code: "other-pool-requested",
    manifest,
    path: requestedPool.path,
    message: `${name} asks for an address of the pool "${requestedPool.value}" and pins ${text}, which is of ${poolName}: MetalLB assigns nothing`,
    actual: requestedPool.value,
    limit: pool.name,
    fix: "Remove the annotation: the pinned address says which pool it is of.",
  };
}

function notAnnounced(
  { manifest }: LoadBalancer,
  { text, path }: Pin,
  advertising: readonly string[],
): Problem<Code> {
  return {
    code: "not-announced",
    manifest,
    path,
    message: `${describeObject(referenceOf(manifest))} has ${text}, which ${advertising.join(" and ")} announce for Services with other labels alone: it is assigned and nobody answers for it`,
    actual: text,
    limit: advertising.join(", "),
    fix: "Remove spec.serviceSelectors of the advertisement, or give the Service the labels that it selects.",
  };
}

function inNoPool(
  { manifest }: LoadBalancer,
  { text, path }: Pin,
  pools: readonly AddressPool[],
): Problem<Code> {
  const names = pools.map(({ name }) => name).join(", ");
  return {
    code: "in-no-pool",
    manifest,
    path,
    message: `${describeObject(referenceOf(manifest))} pins ${text}, ${names === "" ? "but no pool is rendered" : `which is in none of the pools ${names}`}: nobody assigns it, and Argo CD waits for it`,
    actual: text,
    limit: names === "" ? undefined : names,
    fix:
      names === ""
        ? "Enable the component that renders the pool, or switch off what pins the address."
        : "Pin an address of a pool, or add it to one.",
  };
}
