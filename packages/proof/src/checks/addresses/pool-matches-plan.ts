import { isEnabled, plannedPool } from "../../addresses/address-plan.ts";
import { type AddressPool, addressPools } from "../../addresses/address-pool.ts";
import { type AddressRange, formatRange, subtractRanges } from "../../addresses/address-range.ts";
import {
  type Advertisement,
  advertisements,
  advertisesFrom,
  advertisesPool,
} from "../../addresses/advertisement.ts";
import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, stringsIn } from "../../manifest/values.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";

type Code =
  | "pool-missing"
  | "addresses-missing"
  | "addresses-added"
  | "auto-assign"
  | "wrong-namespace"
  | "not-advertised"
  | "advertises-unknown-pool";

const METALLB = "metallb";

export const poolMatchesPlan = defineRule<Code>({
  id: "pool-matches-plan",
  group: "addresses",
  severity: "error",
  title: "MetalLB's pool is the plan's, and is announced",
  explanation: {
    protects:
      "The one place where an address becomes real: what is in no pool is never assigned, what is announced by nobody never answers.",
    incident:
      "The pool was renamed and its L2Advertisement was not: every Service had its address, and none could be reached.",
    fix: "Take range, name and autoAssign from global.addresses, and the namespace from the component metallb.",
    source:
      "metallb v0.16.1: internal/config/config.go (setL2AdvertisementsToPools, selectedNodes), speaker/layer2_controller.go, api/v1beta1",
  },
  codes: {
    "pool-missing": "MetalLB is enabled and the plan's pool is not rendered.",
    "addresses-missing": "No pool holds an address of the plan.",
    "addresses-added": "A pool holds an address that the plan does not give it.",
    "auto-assign": "The pool hands addresses out by itself.",
    "wrong-namespace": "MetalLB reads its configuration from its own namespace alone.",
    "not-advertised": "Nothing announces the pool from this node to the LAN.",
    "advertises-unknown-pool": "An advertisement names a pool that is not rendered.",
  },
  needs: "plan",
  *check({ index, plan }) {
    const pools = addressPools(index);
    const { name } = plan.addresses.pool;
    const enabled = isEnabled(METALLB, plan);
    if (enabled && !pools.some((pool) => pool.name === name))
      yield {
        code: "pool-missing",
        path: "global.addresses.pool.name",
        message: `MetalLB is enabled and no IPAddressPool ${name} is rendered${pools.length === 0 ? "" : `, only ${pools.map((pool) => pool.name).join(", ")}`}: planned Services stay without an address`,
        actual: pools.map((pool) => pool.name).join(", "),
        limit: name,
        fix: `Render the IPAddressPool ${name}.`,
      };
    if (pools.length === 0) return;
    yield* checkAddresses(pools, plan);
    const namespace = plan.components[METALLB]?.namespace;
    const announced = advertisements(index);
    for (const { manifest } of [...pools, ...announced])
      if (namespace !== undefined && manifest.namespace !== namespace)
        yield wrongNamespace(manifest, namespace);
    for (const pool of pools) yield* checkPool(pool, announced, plan);
    yield* checkAdvertisements(announced, index);
  },
});

function* checkAddresses(pools: readonly AddressPool[], plan: Plan): Generator<Problem<Code>> {
  const planned = plannedPool(plan);
  const entries = pools.flatMap(({ manifest, entries: own }) => own.map((entry) => ({ ...entry, manifest })));
  const rendered = entries.flatMap(({ range }) => (range === undefined ? [] : [range]));
  const limit = planned.map(formatRange).join(", ");
  const missing = subtractRanges(planned, rendered);
  if (missing.length > 0)
    yield {
      code: "addresses-missing",
      manifest: pools[0]?.manifest,
      path: "spec.addresses",
      message: `No pool holds ${text(missing)}; the plan's pool is ${limit}`,
      actual: rendered.map(formatRange).join(", "),
      limit,
      fix: "Render global.addresses.pool.range, and the extension's while it is enabled.",
    };
  for (const { range, path, manifest } of entries) {
    const added = range === undefined ? [] : subtractRanges([range], planned);
    if (added.length === 0) continue;
    yield {
      code: "addresses-added",
      manifest,
      path,
      message: `${describeObject(referenceOf(manifest))} holds ${text(added)}, which the plan does not give it`,
      actual: text(added),
      limit,
      fix: "Take the range from global.addresses.pool.range.",
    };
  }
}

function* checkPool(
  { manifest, autoAssign }: AddressPool,
  announced: readonly Advertisement[],
  plan: Plan,
): Generator<Problem<Code> | Unchecked> {
  if (autoAssign)
    yield {
      code: "auto-assign",
      manifest,
      path: "spec.autoAssign",
      message: `${describeObject(referenceOf(manifest))} hands its addresses to any Service that asks for none`,
      actual: String(at(manifest.object, "spec", "autoAssign") ?? "true (the default)"),
      limit: "false",
      fix: "Set autoAssign: false; every Service of the plan pins its address.",
    };
  yield* checkAnnounced(manifest, announced, plan);
}

function* checkAnnounced(
  pool: Manifest,
  announced: readonly Advertisement[],
  { node }: Plan,
): Generator<Problem<Code> | Unchecked> {
  const own = announced.filter((advertisement) => advertisesPool(advertisement, pool));
  const heard = own.filter((advertisement) => advertisement.heard);
  const answers = heard.map((advertisement) => advertisesFrom(advertisement, node.name));
  if (answers.includes(true)) return;
  const name = describeObject(referenceOf(pool));
  const names = own.map(({ manifest }) => describeObject(referenceOf(manifest))).join(" and ");
  if (answers.includes("unknown")) {
    yield {
      unchecked: `Whether ${names} announce from the node: that hangs on its labels or interfaces`,
      manifest: pool,
    };
    return;
  }
  const reason =
    own.length === 0
      ? `No advertisement names ${name}`
      : heard.length === 0
        ? `${names} announce ${name} by BGP, and no BGPPeer is there to hear it`
        : `${names} announce ${name} from other nodes than ${node.name}`;
  yield {
    code: "not-advertised",
    manifest: pool,
    message: `${reason}: its addresses are assigned and nobody answers for them`,
    actual: names || "(none)",
    fix: `Name ${pool.name} in an L2Advertisement's spec.ipAddressPools, without nodeSelectors.`,
  };
}

function* checkAdvertisements(
  announced: readonly Advertisement[],
  index: ManifestIndex,
): Generator<Problem<Code>> {
  for (const { manifest } of announced)
    for (const [number, name] of stringsIn(at(manifest.object, "spec", "ipAddressPools")).entries()) {
      if (index.find("metallb.io", "IPAddressPool", manifest.namespace, name) !== undefined) continue;
      yield {
        code: "advertises-unknown-pool",
        manifest,
        path: `spec.ipAddressPools[${number}]`,
        message: `${describeObject(referenceOf(manifest))} names the pool "${name}", which is not rendered in its namespace`,
        actual: name,
        fix: "Name a rendered IPAddressPool.",
      };
    }
}

function wrongNamespace(manifest: Manifest, namespace: string): Problem<Code> {
  return {
    code: "wrong-namespace",
    manifest,
    path: "metadata.namespace",
    message: `${describeObject(referenceOf(manifest))} is outside ${namespace}, where MetalLB runs and looks for it`,
    actual: manifest.namespace ?? "",
    limit: namespace,
    fix: `Put it into ${namespace}.`,
  };
}

function text(ranges: readonly AddressRange[]): string {
  return ranges.map(formatRange).join(", ");
}
