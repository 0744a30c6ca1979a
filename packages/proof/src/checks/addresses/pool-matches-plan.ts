import { isEnabled, plannedPool } from "../../addresses/address-plan.ts";
import { type AddressPool, addressPools } from "../../addresses/address-pool.ts";
import { type AddressRange, formatRange, subtractRanges } from "../../addresses/address-range.ts";
import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, objectsIn, stringsIn } from "../../manifest/values.ts";
import { labelsOf, matchesLabels } from "../../network/label-selector.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";

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
    source: "metallb v0.16.1: internal/config/config.go (setL2AdvertisementsToPools), api/v1beta1",
  },
  codes: {
    "pool-missing": "MetalLB is enabled and the plan's pool is not rendered.",
    "addresses-missing": "No pool holds an address of the plan.",
    "addresses-added": "A pool holds an address that the plan does not give it.",
    "auto-assign": "The pool hands addresses out by itself.",
    "wrong-namespace": "MetalLB reads its configuration from its own namespace alone.",
    "not-advertised": "Nothing announces the pool.",
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
    const advertisements = ["L2Advertisement", "BGPAdvertisement"].flatMap((kind) =>
      index.filter({ group: "metallb.io", kind }),
    );
    for (const manifest of [...pools.map((pool) => pool.manifest), ...advertisements])
      if (namespace !== undefined && manifest.namespace !== namespace)
        yield wrongNamespace(manifest, namespace);
    for (const pool of pools) yield* checkPool(pool, advertisements);
    yield* checkAdvertisements(advertisements, index);
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
  { manifest, name, autoAssign }: AddressPool,
  advertisements: readonly Manifest[],
): Generator<Problem<Code>> {
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
  if (!advertisements.some((advertisement) => advertises(advertisement, manifest)))
    yield {
      code: "not-advertised",
      manifest,
      message: `No L2Advertisement names ${describeObject(referenceOf(manifest))}: its addresses are assigned and nobody answers for them`,
      fix: `Name ${name} in an L2Advertisement's spec.ipAddressPools.`,
    };
}

/** An advertisement without names and selectors announces every pool. */
function advertises({ object }: Manifest, pool: Manifest): boolean {
  const names = stringsIn(at(object, "spec", "ipAddressPools"));
  const selectors = objectsIn(at(object, "spec", "ipAddressPoolSelectors"));
  if (names.length === 0 && selectors.length === 0) return true;
  const labels = labelsOf(pool.object.metadata);
  return names.includes(pool.name) || selectors.some((selector) => matchesLabels(selector, labels));
}

function* checkAdvertisements(
  advertisements: readonly Manifest[],
  index: ManifestIndex,
): Generator<Problem<Code>> {
  for (const manifest of advertisements)
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
