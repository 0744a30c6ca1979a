import { at } from "../../../manifest/values.ts";
import { containersWithout, type SecurityPod, type Violation } from "./pod.ts";
import { capabilities, missing, privilegeEscalation, runAsNonRoot, runAsUser } from "./restricted.ts";

/** What every pod of the platform has to keep to, whatever its namespace would admit. */
export type OwnBarCode =
  | "runs-as-root"
  | "writable-root-filesystem"
  | "privilege-escalation"
  | "capabilities-kept"
  | "seccomp-not-runtime-default";

export interface OwnBar {
  readonly code: OwnBarCode;
  /** The upstream standards that report the same where they are enforced. */
  readonly sameAs: readonly string[];
  readonly check: (pod: SecurityPod) => readonly Violation[];
  readonly fix: string;
}

export const ownBar: readonly OwnBar[] = [
  {
    code: "runs-as-root",
    sameAs: ["runAsNonRoot", "runAsUser"],
    check: (pod) => [...runAsNonRoot(pod), ...runAsUser(pod)],
    fix: "Set runAsNonRoot: true in the pod's securityContext, and a runAsUser other than 0.",
  },
  {
    code: "writable-root-filesystem",
    sameAs: [],
    check: (pod) =>
      pod.containers
        .filter(({ fields }) => at(fields, "securityContext", "readOnlyRootFilesystem") !== true)
        .map(({ name, path }) => ({
          path: `${path}.securityContext.readOnlyRootFilesystem`,
          detail: `container ${name} can write to its image's files`,
        })),
    fix: "Set readOnlyRootFilesystem: true, and mount an emptyDir with a size limit where the program writes.",
  },
  {
    code: "privilege-escalation",
    sameAs: ["allowPrivilegeEscalation"],
    check: privilegeEscalation,
    fix: "Set allowPrivilegeEscalation: false in the container's securityContext.",
  },
  {
    code: "capabilities-kept",
    sameAs: ["capabilities_restricted"],
    check: capabilities,
    fix: "Set capabilities.drop: [ALL] in the container's securityContext, and add none but NET_BIND_SERVICE.",
  },
  {
    code: "seccomp-not-runtime-default",
    sameAs: ["seccompProfile_restricted"],
    check: seccompNotRuntimeDefault,
    fix: "Set seccompProfile.type: RuntimeDefault in the pod's securityContext.",
  },
];

function seccompNotRuntimeDefault(pod: SecurityPod): Violation[] {
  const typeOf = (context: unknown): unknown => at(context, "seccompProfile", "type");
  const others = pod.contexts
    .filter(({ context }) => typeOf(context) !== undefined && typeOf(context) !== "RuntimeDefault")
    .map(({ owner, path, context }) => ({
      path: `${path}.seccompProfile.type`,
      detail: `${owner} sets seccompProfile ${String(typeOf(context))}`,
    }));
  const without = containersWithout(pod, (context) => typeOf(context) !== undefined);
  return [...others, ...missing(pod, without, "seccompProfile", "seccompProfile RuntimeDefault")];
}
