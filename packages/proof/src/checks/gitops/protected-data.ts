import type { Manifest } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, objectsIn } from "../../manifest/values.ts";
import { annotationItems, annotationsOf } from "../../order/annotations.ts";
import type { Problem } from "../rule.ts";
import { checkOption } from "./sync-option.ts";
import type { SyncOptionCode } from "./sync-option-codes.ts";

const OPTIONS = "argocd.argoproj.io/sync-options";

/** Deleted with everything that is in them. */
const HOLDS_DATA: Readonly<Record<string, string>> = {
  "/PersistentVolumeClaim": "the volume and its data",
  "/PersistentVolume": "the way to its data",
  "/Namespace": "everything in it",
  "apiextensions.k8s.io/CustomResourceDefinition": "every object of the kind",
};

/** The options that objects carry themselves, and whether what holds data carries those that keep it. */
export function* checkObjects(index: ManifestIndex): Generator<Problem<SyncOptionCode>> {
  for (const manifest of index.all) {
    const annotations = annotationsOf(manifest);
    const options = annotations.size === 0 ? [] : annotationItems(annotations, OPTIONS);
    const path = `metadata.annotations["${OPTIONS}"]`;
    for (const option of options) yield* checkOption(manifest, path, option);
    const held = heldBy(manifest);
    if (held !== undefined) {
      const open = ["Prune", "Delete"].filter(
        (verb) => !options.includes(`${verb}=false`) && !options.includes(`${verb}=confirm`),
      );
      if (open.length > 0) {
        yield {
          code: "data-unprotected",
          manifest,
          path,
          message: `a sync that does not find it any more deletes it, and with it ${held}`,
          actual: options.join(",") || "not set",
          limit: "Prune=false,Delete=false",
          fix: `Add ${open.map((verb) => `${verb}=false`).join(",")}.`,
        };
      }
    }
    yield* checkRetention(manifest);
  }
}

/** Claims of a StatefulSet are nobody's objects, and its own policy decides on them. */
function* checkRetention(manifest: Manifest): Generator<Problem<SyncOptionCode>> {
  if (!hasClaims(manifest)) return;
  for (const field of ["whenDeleted", "whenScaled"]) {
    const path = `spec.persistentVolumeClaimRetentionPolicy.${field}`;
    if (at(manifest.object, ...path.split(".")) !== "Delete") continue;
    yield {
      code: "data-unprotected",
      manifest,
      path,
      message: `its claims and their data go when it is ${field === "whenDeleted" ? "deleted" : "scaled down"}`,
      actual: "Delete",
      limit: "Retain",
      fix: "Write Retain.",
    };
  }
}

/** What goes with an object when it is deleted, if that is more than itself. */
export function heldBy({ group, kind }: Manifest): string | undefined {
  const key = `${group}/${kind}`;
  return Object.hasOwn(HOLDS_DATA, key) ? HOLDS_DATA[key] : undefined;
}

/** Whether the object makes claims of its own. */
export function hasClaims({ kind, group, object }: Manifest): boolean {
  return (
    kind === "StatefulSet" &&
    group === "apps" &&
    objectsIn(at(object, "spec", "volumeClaimTemplates")).length > 0
  );
}
