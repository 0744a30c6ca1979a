import { at, type JsonObject, objectAt, stringAt } from "../../../manifest/values.ts";
import { containersOf, type Workload } from "../../../manifest/workload.ts";

/** The parts of a pod template that the standards look at. */
export interface SecurityPod {
  readonly spec: JsonObject;
  readonly specPath: string;
  readonly annotations: JsonObject;
  readonly containers: readonly SecurityContainer[];
  /** The security contexts of the pod and of each container, with who they belong to. */
  readonly contexts: readonly OwnedContext[];
  /** `hostUsers: false`: root in the pod is nobody on the node. */
  readonly hasUserNamespace: boolean;
  readonly isWindows: boolean;
}

interface SecurityContainer {
  readonly name: string;
  readonly path: string;
  readonly fields: JsonObject;
}

interface OwnedContext {
  /** `the pod` or `container web`. */
  readonly owner: string;
  readonly path: string;
  readonly context: unknown;
}

/** One field that a standard forbids. */
export interface Violation {
  readonly path: string;
  /** What the field does or lacks: `container web adds SYS_ADMIN`. */
  readonly detail: string;
}

/** One check of the Pod Security Standards, named as upstream names it. */
export interface Standard {
  readonly id: string;
  /** The weaker check of level baseline that it stands for. */
  readonly replaces?: string;
  readonly check: (pod: SecurityPod) => readonly Violation[];
}

export function toSecurityPod(workload: Workload): SecurityPod {
  const { podSpec, podSpecPath, podMetadata } = workload;
  const containers = containersOf(workload).map(({ container, path }) => ({
    name: stringAt(container, "name") ?? path,
    path,
    fields: container,
  }));
  return {
    spec: podSpec,
    specPath: podSpecPath,
    annotations: objectAt(podMetadata, "annotations") ?? {},
    containers,
    contexts: [
      { owner: "the pod", path: `${podSpecPath}.securityContext`, context: at(podSpec, "securityContext") },
      ...containers.map(({ name, path, fields }) => ({
        owner: `container ${name}`,
        path: `${path}.securityContext`,
        context: fields.securityContext,
      })),
    ],
    hasUserNamespace: at(podSpec, "hostUsers") === false,
    isWindows: at(podSpec, "os", "name") === "windows",
  };
}

/** Containers for which neither they themselves nor the pod set a field of the security context. */
export function containersWithout(pod: SecurityPod, isSet: (context: unknown) => boolean): readonly string[] {
  if (isSet(pod.spec.securityContext)) return [];
  return pod.containers.filter(({ fields }) => !isSet(fields.securityContext)).map(({ name }) => name);
}
