import { at, objectAt, objectsIn, stringAt, stringsIn } from "../../../manifest/values.ts";
import type { SecurityPod, Standard, Violation } from "./pod.ts";

const CAPABILITIES = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
]);

/** Since v1.32; each is namespaced. */
const SYSCTLS = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

/** Since v1.31. */
const SELINUX_TYPES = new Set([
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
]);

const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

const HANDLERS = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
] as const;

/** The checks of level baseline (k8s.io/pod-security-admission v0.36 policy/). */
export const baselineStandards: readonly Standard[] = [
  { id: "privileged", check: (pod) => flagged(pod, ["privileged"], "is privileged") },
  {
    id: "windowsHostProcess",
    check: (pod) => flagged(pod, ["windowsOptions", "hostProcess"], "is a Windows host process"),
  },
  { id: "hostNamespaces", check: hostNamespaces },
  { id: "hostPathVolumes", check: hostPathVolumes },
  { id: "hostPorts", check: hostPorts },
  { id: "hostProbesAndHostLifecycle", check: handlerHosts },
  { id: "capabilities_baseline", check: (pod) => addedCapabilities(pod, CAPABILITIES) },
  { id: "procMount", check: (pod) => (pod.hasUserNamespace ? [] : procMounts(pod)) },
  { id: "seLinuxOptions", check: seLinuxOptions },
  { id: "seccompProfile_baseline", check: (pod) => forbiddenProfiles(pod, "seccompProfile") },
  { id: "appArmorProfile", check: appArmorProfiles },
  { id: "sysctls", check: sysctls },
];

/** Capabilities beyond those allowed, by container. */
export function addedCapabilities(pod: SecurityPod, allowed: ReadonlySet<string>): Violation[] {
  return pod.containers.flatMap(({ name, path, fields }) => {
    const added = stringsIn(at(fields, "securityContext", "capabilities", "add")).filter(
      (one) => !allowed.has(one),
    );
    if (added.length === 0) return [];
    return [
      {
        path: `${path}.securityContext.capabilities.add`,
        detail: `container ${name} adds ${added.join(", ")}`,
      },
    ];
  });
}

/** Unmasked /proc. */
export function procMounts(pod: SecurityPod): Violation[] {
  return pod.containers.flatMap(({ name, path, fields }) => {
    const value = stringAt(fields, "securityContext", "procMount");
    if (value === undefined || value === "Default") return [];
    return [
      { path: `${path}.securityContext.procMount`, detail: `container ${name} mounts /proc as ${value}` },
    ];
  });
}

/** seccomp or AppArmor profiles that are neither the runtime's nor one of the node's. */
export function forbiddenProfiles(
  pod: SecurityPod,
  field: "seccompProfile" | "appArmorProfile",
): Violation[] {
  return pod.contexts.flatMap(({ owner, path, context }) => {
    const profile = objectAt(context, field);
    if (profile === undefined || profile.type === "RuntimeDefault" || profile.type === "Localhost") return [];
    return [{ path: `${path}.${field}.type`, detail: `${owner} sets ${field} ${String(profile.type)}` }];
  });
}

function flagged(pod: SecurityPod, field: readonly string[], what: string): Violation[] {
  return pod.contexts
    .filter(({ context }) => at(context, ...field) === true)
    .map(({ owner, path }) => ({ path: [path, ...field].join("."), detail: `${owner} ${what}` }));
}

function hostNamespaces({ spec, specPath }: SecurityPod): Violation[] {
  return ["hostNetwork", "hostPID", "hostIPC"]
    .filter((field) => spec[field] === true)
    .map((field) => ({ path: `${specPath}.${field}`, detail: `the pod sets ${field}` }));
}

function hostPathVolumes({ spec, specPath }: SecurityPod): Violation[] {
  return objectsIn(spec.volumes).flatMap((volume, position) => {
    if (objectAt(volume, "hostPath") === undefined) return [];
    const host = stringAt(volume, "hostPath", "path") ?? "a path";
    return [
      {
        path: `${specPath}.volumes[${position}].hostPath`,
        detail: `volume ${volume.name} is ${host} of the node`,
      },
    ];
  });
}

function hostPorts(pod: SecurityPod): Violation[] {
  return pod.containers.flatMap(({ name, path, fields }) =>
    objectsIn(fields.ports).flatMap(({ hostPort }, position) => {
      if (hostPort === undefined || hostPort === null || hostPort === 0) return [];
      return [
        {
          path: `${path}.ports[${position}].hostPort`,
          detail: `container ${name} takes port ${hostPort} of the node`,
        },
      ];
    }),
  );
}

/** Since v1.34: a host in a probe lets the kubelet connect to wherever the author likes. */
function handlerHosts(pod: SecurityPod): Violation[] {
  return pod.containers.flatMap(({ name, path, fields }) =>
    HANDLERS.flatMap((handler) =>
      ["httpGet", "tcpSocket"].flatMap((action) => {
        const host = stringAt(fields, ...handler, action, "host");
        if (host === undefined || host === "") return [];
        return [
          {
            path: [path, ...handler, action, "host"].join("."),
            detail: `a handler of container ${name} names host ${host}`,
          },
        ];
      }),
    ),
  );
}

function seLinuxOptions(pod: SecurityPod): Violation[] {
  return pod.contexts.flatMap(({ owner, path, context }) => {
    const options = objectAt(context, "seLinuxOptions");
    const wrong = ["type", "user", "role"].filter((field) => {
      const value = stringAt(options, field) ?? "";
      return field === "type" ? !SELINUX_TYPES.has(value) : value !== "";
    });
    return wrong.map((field) => ({
      path: `${path}.seLinuxOptions.${field}`,
      detail: `${owner} sets the SELinux ${field} ${stringAt(options, field)}`,
    }));
  });
}

function appArmorProfiles(pod: SecurityPod): Violation[] {
  const byAnnotation = Object.entries(pod.annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && !isAllowedAnnotation(value))
    .map(([key, value]) => ({
      path: `${pod.specPath.replace(/\.?spec$/, ".metadata")}.annotations["${key}"]`.replace(/^\./, ""),
      detail: `an annotation sets the AppArmor profile ${String(value)}`,
    }));
  return [...forbiddenProfiles(pod, "appArmorProfile"), ...byAnnotation];
}

function isAllowedAnnotation(value: unknown): boolean {
  return (
    value === "" ||
    value === "runtime/default" ||
    (typeof value === "string" && value.startsWith("localhost/"))
  );
}

function sysctls({ spec, specPath }: SecurityPod): Violation[] {
  return objectsIn(at(spec, "securityContext", "sysctls")).flatMap((sysctl, position) => {
    const name = stringAt(sysctl, "name") ?? "";
    if (SYSCTLS.has(name)) return [];
    return [
      { path: `${specPath}.securityContext.sysctls[${position}]`, detail: `the pod sets the sysctl ${name}` },
    ];
  });
}
