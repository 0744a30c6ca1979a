import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../../manifest/manifest-index.ts";
import { at, isObject, objectsIn, stringAt, stringsIn } from "../../../manifest/values.ts";
import type { Plan } from "../../../plan/plan.ts";
import type { Problem } from "../../rule.ts";

/**
 * K3s' provisioner, which makes folders on the node (rancher/local-path-provisioner v0.0.37 provisioner.go;
 * K3s configures no shared file system).
 */
const LOCAL_PATH = "rancher.io/local-path";
const LOCAL_PATH_MODES = ["ReadWriteOnce", "ReadWriteOncePod"];

/** A PersistentVolumeClaim, or the template of one. */
interface Claim {
  readonly manifest: Manifest;
  /** Of its spec. */
  readonly path: string;
  readonly spec: unknown;
}

/** Claims that wait for ever: nothing makes the volume that they ask for, and none is rendered. */
export function* unservedClaims(index: ManifestIndex, plan: Plan): Generator<Problem<"unserved-claim">> {
  const volumes = index.filter({ group: "", kind: "PersistentVolume" });
  for (const claim of claimsIn(index)) {
    const { manifest, path, spec } = claim;
    const storageClass = stringAt(spec, "storageClassName");
    // A claim for a named volume is bound to it without its class: references-resolve looks for the volume.
    if (storageClass === undefined || (stringAt(spec, "volumeName") ?? "") !== "") continue;
    const isPrepared = volumes.some(({ object }) => offers(object.spec, storageClass));
    const obstacle = isPrepared ? undefined : obstacleOf(claim, storageClass, plan);
    if (obstacle === undefined) continue;
    const { field, why, ...rest } = obstacle;
    yield {
      code: "unserved-claim",
      manifest,
      path: `${path}.${field}`,
      message: `${path}.${field} keeps the claim pending for ever: ${why}`,
      ...rest,
    };
  }
}

/** A rendered volume may be what the claim waits for; whether it is large enough is the scheduler's affair. */
function offers(volume: unknown, storageClass: string): boolean {
  return (stringAt(volume, "storageClassName") ?? "") === storageClass;
}

interface Obstacle extends Pick<Problem, "actual" | "limit" | "fix"> {
  readonly field: string;
  readonly why: string;
}

function obstacleOf({ spec }: Claim, storageClass: string, plan: Plan): Obstacle | undefined {
  if (storageClass === "") {
    return {
      field: "storageClassName",
      why: "an empty class switches provisioning off, and no PersistentVolume without a class is rendered",
      actual: '""',
      limit: plan.storage.class,
      fix: `Name a class (${plan.storage.class}), or render the volume.`,
    };
  }
  if (isObject(at(spec, "selector"))) {
    return {
      field: "selector",
      why: `volumes are not provisioned for a claim with a selector, and no PersistentVolume of class ${storageClass} is rendered`,
      fix: "Remove the selector, or render the volume.",
    };
  }
  const { classes } = plan.storage;
  const planned = Object.hasOwn(classes, storageClass) ? classes[storageClass] : undefined;
  if (planned?.provisioner !== LOCAL_PATH) return undefined;
  const mode = stringsIn(at(spec, "accessModes")).find((wanted) => !LOCAL_PATH_MODES.includes(wanted));
  if (mode !== undefined) {
    return {
      field: "accessModes",
      why: `${LOCAL_PATH}, behind class ${storageClass}, makes volumes of one node only`,
      actual: mode,
      limit: LOCAL_PATH_MODES.join(", "),
      fix: `Ask for ${LOCAL_PATH_MODES[0]}, or name a class whose volumes can be shared.`,
    };
  }
  if (at(spec, "volumeMode") !== "Block") return undefined;
  return {
    field: "volumeMode",
    why: `${LOCAL_PATH}, behind class ${storageClass}, makes folders, no block devices`,
    actual: "Block",
    limit: "Filesystem",
    fix: "Leave volumeMode out, or name a class that makes block devices.",
  };
}

function claimsIn(index: ManifestIndex): readonly Claim[] {
  const claims = index.filter({ group: "", kind: "PersistentVolumeClaim" });
  const sets = index.filter({ group: "apps", kind: "StatefulSet" });
  return [
    ...claims.map((manifest) => ({ manifest, path: "spec", spec: manifest.object.spec })),
    ...sets.flatMap((manifest) =>
      objectsIn(at(manifest.object, "spec", "volumeClaimTemplates")).map(({ spec }, position) => ({
        manifest,
        path: `spec.volumeClaimTemplates[${position}].spec`,
        spec,
      })),
    ),
  ];
}
