import { describeObject, type Manifest } from "../../manifest/kubernetes-object.ts";
import { firstDifference } from "../../order/first-difference.ts";
import { defineRule } from "../rule.ts";

export const deterministicRender = defineRule({
  id: "deterministic-render",
  group: "integrity",
  severity: "error",
  title: "Rendering twice gives the same objects",
  needs: "renderings",
  explanation: {
    protects: "The proof and Argo CD: what is proven must be what is deployed, and a sync must come to rest.",
    incident:
      "A chart generated a password with `randAlphaNum` on every rendering. Argo CD saw a new Secret every three minutes and restarted the database each time.",
    fix: "Replace the function that returns something new each time (randAlphaNum, uuidv4, now, genCA, lookup) by a value or by the secrets ledger.",
    source:
      "Helm 4.2.3 with sprig: rand*, uuidv4, now, date*, gen* and lookup depend on more than the values",
  },
  codes: {
    "rendering-differs": "An object that comes out differently the second time.",
    "rendered-once": "An object that only one of two renderings has.",
  },
  *check({ index, renderings: { again } }) {
    const second = group(again.all);
    const first = group(index.all);
    for (const [identity, manifests] of first) {
      for (const [position, manifest] of manifests.entries()) {
        const other = second.get(identity)?.[position];
        if (other === undefined) {
          yield renderedOnce(manifest, "first");
          continue;
        }
        const difference = firstDifference(manifest.object, other.object);
        if (difference === undefined) continue;
        yield {
          code: "rendering-differs",
          manifest,
          path: difference.path,
          message: `${difference.path} of ${describeObject(manifest)} was ${difference.expected}, and ${difference.actual} when rendered again`,
          actual: difference.actual,
          limit: difference.expected,
          fix: "Make the template depend on the values alone.",
        };
      }
    }
    for (const [identity, manifests] of second) {
      for (const manifest of manifests.slice(first.get(identity)?.length ?? 0)) {
        yield renderedOnce(manifest, "second");
      }
    }
  },
});

function renderedOnce(manifest: Manifest, which: string) {
  return {
    code: "rendered-once",
    manifest,
    message: `Only the ${which} of two renderings has ${describeObject(manifest)}`,
    fix: "Make its name and its condition depend on the values alone.",
  } as const;
}

function group(manifests: readonly Manifest[]): ReadonlyMap<string, readonly Manifest[]> {
  const grouped = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const identity = `${manifest.group}/${manifest.kind}/${manifest.namespace ?? ""}/${manifest.name}`;
    const same = grouped.get(identity);
    if (same === undefined) grouped.set(identity, [manifest]);
    else same.push(manifest);
  }
  return grouped;
}
