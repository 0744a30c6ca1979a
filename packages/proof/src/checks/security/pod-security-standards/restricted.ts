import { at, objectAt, objectsIn, stringsIn } from "../../../manifest/values.ts";
import { addedCapabilities, forbiddenProfiles, procMounts } from "./baseline.ts";
import { containersWithout, type SecurityPod, type Standard, type Violation } from "./pod.ts";

const VOLUME_TYPES = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/** The checks that level restricted adds or puts in place of baseline's (pod-security-admission v0.36 policy/). */
export const restrictedStandards: readonly Standard[] = [
  { id: "allowPrivilegeEscalation", check: (pod) => (pod.isWindows ? [] : privilegeEscalation(pod)) },
  {
    id: "capabilities_restricted",
    replaces: "capabilities_baseline",
    check: (pod) => (pod.isWindows ? [] : capabilities(pod)),
  },
  { id: "procMount_restricted", replaces: "procMount", check: procMounts },
  { id: "restrictedVolumes", replaces: "hostPathVolumes", check: volumeTypes },
  { id: "runAsNonRoot", check: (pod) => (pod.hasUserNamespace ? [] : runAsNonRoot(pod)) },
  { id: "runAsUser", check: (pod) => (pod.hasUserNamespace ? [] : runAsUser(pod)) },
  {
    id: "seccompProfile_restricted",
    replaces: "seccompProfile_baseline",
    check: (pod) => (pod.isWindows ? [] : seccomp(pod)),
  },
];

/** Containers that may gain privileges by set-user-ID programs: the field is true by default. */
export function privilegeEscalation(pod: SecurityPod): Violation[] {
  return pod.containers
    .filter(({ fields }) => at(fields, "securityContext", "allowPrivilegeEscalation") !== false)
    .map(({ name, path }) => ({
      path: `${path}.securityContext.allowPrivilegeEscalation`,
      detail: `container ${name} does not set allowPrivilegeEscalation: false`,
    }));
}

function keptCapabilities(pod: SecurityPod): Violation[] {
  return pod.containers
    .filter(({ fields }) => !stringsIn(at(fields, "securityContext", "capabilities", "drop")).includes("ALL"))
    .map(({ name, path }) => ({
      path: `${path}.securityContext.capabilities.drop`,
      detail: `container ${name} does not drop ALL capabilities`,
    }));
}

/** Pods and containers that set runAsNonRoot: false, or leave it out on both. */
export function runAsNonRoot(pod: SecurityPod): Violation[] {
  const explicit = pod.contexts
    .filter(({ context }) => at(context, "runAsNonRoot") === false)
    .map(({ owner, path }) => ({
      path: `${path}.runAsNonRoot`,
      detail: `${owner} sets runAsNonRoot: false`,
    }));
  // What a container sets itself is reported above; the pod's `false` covers the containers that set nothing.
  const isSet = (context: unknown): boolean => typeof at(context, "runAsNonRoot") === "boolean";
  return [...explicit, ...missing(pod, containersWithout(pod, isSet), "runAsNonRoot", "runAsNonRoot: true")];
}

/** Pods and containers that run as user 0 by their own settings. */
export function runAsUser(pod: SecurityPod): Violation[] {
  return pod.contexts
    .filter(({ context }) => at(context, "runAsUser") === 0)
    .map(({ owner, path }) => ({ path: `${path}.runAsUser`, detail: `${owner} sets runAsUser: 0` }));
}

/** The finding for a field that the pod and these containers leave out. */
export function missing(
  pod: SecurityPod,
  containers: readonly string[],
  field: string,
  wanted: string,
): Violation[] {
  if (containers.length === 0) return [];
  const who =
    containers.length === pod.containers.length ? "the pod" : `the pod or container ${containers.join(", ")}`;
  return [{ path: `${pod.specPath}.securityContext.${field}`, detail: `${who} does not set ${wanted}` }];
}

/** Containers that keep the runtime's default capabilities, or add others than NET_BIND_SERVICE. */
export function capabilities(pod: SecurityPod): Violation[] {
  return [...keptCapabilities(pod), ...addedCapabilities(pod, new Set(["NET_BIND_SERVICE"]))];
}

function volumeTypes({ spec, specPath }: SecurityPod): Violation[] {
  return objectsIn(spec.volumes).flatMap((volume, position) => {
    const types = Object.keys(volume).filter((field) => field !== "name" && volume[field] !== null);
    // A volume without a type is an emptyDir by default.
    if (types.length === 0 || types.some((type) => VOLUME_TYPES.has(type))) return [];
    return [
      {
        path: `${specPath}.volumes[${position}]`,
        detail: `volume ${volume.name} is of type ${types.join(", ")}`,
      },
    ];
  });
}

function seccomp(pod: SecurityPod): Violation[] {
  const isSet = (context: unknown): boolean => objectAt(context, "seccompProfile") !== undefined;
  const wanted = "seccompProfile RuntimeDefault or Localhost";
  return [
    ...forbiddenProfiles(pod, "seccompProfile"),
    ...missing(pod, containersWithout(pod, isSet), "seccompProfile", wanted),
  ];
}
