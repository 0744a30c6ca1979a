import { type Manifest, namespaceOf } from "../../manifest/kubernetes-object.ts";
import { at, objectAt, objectsIn, stringAt } from "../../manifest/values.ts";
import { containersOf, type Workload } from "../../manifest/workload.ts";
import { nearest } from "../../nearest.ts";
import { matchesLabels } from "../../network/label-selector.ts";
import { groupPods, type PodGroup } from "../../network/pod-group.ts";
import { type NetworkService, ServiceDirectory } from "../../network/service-directory.ts";
import { plainText } from "../../schemas/plain-text.ts";
import { defineRule, type Problem } from "../rule.ts";
import { type DeclaredPort, declaredPorts, describePorts, namesOf, portsOf } from "./ports/declared-port.ts";
import { checkServicePorts, type ServicePortCode } from "./ports/service-port.ts";

type Code =
  | "missing-target-port"
  | ServicePortCode
  | "missing-probe-port"
  | "missing-policy-port"
  | "port-taken-twice";

export const portsMatch = defineRule({
  id: "ports-match",
  group: "integrity",
  severity: "error",
  title: "Every port that is named or numbered exists where it points",
  explanation: {
    protects: "Connections: a port that is not there is accepted by the API server and refused at run time.",
    incident:
      "A Service's targetPort kept the name `http` after the container's port had become `web`. The endpoints were ready, and every connection was refused.",
    fix: "Use the name or number that the container or the Service declares; the finding lists them.",
    source: "k8s.io/kubernetes v1.36.3 pkg/controlplane, and k8s.io/endpointslice utils.go getEndpointPorts",
  },
  codes: {
    "missing-target-port": "A Service's targetPort that the selected pods do not declare.",
    "missing-backend-port": "An Ingress backend's port that its Service does not have.",
    "missing-webhook-port": "A webhook's or aggregated API's port that its Service does not have.",
    "missing-probe-port": "A probe's or hook's named port that its container does not declare.",
    "missing-policy-port": "A NetworkPolicy's named port that no pod declares.",
    "port-taken-twice": "Two containers of a pod that listen on the same port.",
  },
  *check({ index, workloads }) {
    const groups = groupPods(workloads);
    const services = new ServiceDirectory(index, groups);
    for (const service of services.all) yield* checkTargetPorts(service);
    yield* checkServicePorts(index, services);
    for (const workload of workloads) {
      yield* checkHandlers(workload);
      yield* checkContainerPorts(workload);
    }
    for (const policy of index.filter({ group: "networking.k8s.io", kind: "NetworkPolicy" })) {
      yield* checkPolicyPorts(policy, groups);
    }
  },
});

function* checkTargetPorts({ manifest, pods }: NetworkService): Generator<Problem<Code>> {
  for (const [position, port] of objectsIn(at(manifest.object, "spec", "ports")).entries()) {
    const written = port.targetPort;
    const target =
      written === undefined || written === null || written === "" || written === 0 ? port.port : written;
    const protocol = stringAt(port, "protocol") ?? "TCP";
    const workloads = pods.flatMap((group) => group.workloads);
    const selected = workloads.map((workload) => ({
      workload,
      declared: declaredPorts(workload).filter((entry) => entry.protocol === protocol),
    }));
    const isNamed = selected.some(({ declared }) => declared.some(({ name }) => name === target));
    for (const { workload, declared } of selected) {
      // What declares no port may listen on any number, and gets no connection by a name (a Pod of `helm test`).
      if (declared.length === 0 && (isNamed || typeof target === "number")) continue;
      if (declared.some(({ name, number }) => target === (typeof target === "number" ? number : name)))
        continue;
      const { kind, name } = workload.manifest;
      const known = describePorts(declared);
      const near = typeof target === "string" ? nearest(target, namesOf(declared)) : undefined;
      yield {
        code: "missing-target-port",
        manifest,
        path: `spec.ports[${position}].${target === written ? "targetPort" : "port"}`,
        message: `Service ${manifest.name} sends ${protocol} to port ${plainText(target)}, and the pods of ${kind} ${name} have ${known}`,
        actual: typeof target === "number" ? target : plainText(target),
        limit: near ?? known,
        fix:
          near === undefined
            ? `Use a port that ${kind} ${name} declares, or declare this one.`
            : `Write ${near}.`,
      };
    }
  }
}

const HANDLERS = [
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle.postStart",
  "lifecycle.preStop",
];

function* checkHandlers(workload: Workload): Generator<Problem<Code>> {
  for (const { container, path } of containersOf(workload)) {
    const declared = portsOf(container.ports, path);
    for (const handler of HANDLERS) {
      for (const kind of ["httpGet", "tcpSocket"]) {
        const port = at(container, ...handler.split("."), kind, "port");
        if (typeof port !== "string" || /^\d+$/.test(port) || namesOf(declared).includes(port)) continue;
        const near = nearest(port, namesOf(declared));
        yield {
          code: "missing-probe-port",
          manifest: workload.manifest,
          path: `${path}.${handler}.${kind}.port`,
          message: `${handler} of container ${container.name} asks port ${port}; the container has ${describePorts(declared)}`,
          actual: port,
          limit: near ?? describePorts(declared),
          fix: near === undefined ? `Declare a port named ${port} on the container.` : `Write ${near}.`,
        };
      }
    }
  }
}

function* checkContainerPorts(workload: Workload): Generator<Problem<Code>> {
  const first = new Map<string, DeclaredPort>();
  for (const port of declaredPorts(workload)) {
    const key = `${plainText(port.number)}/${port.protocol}`;
    const earlier = first.get(key);
    const holder = port.path.replace(/\.ports\[\d+\]$/, "");
    if (earlier === undefined) first.set(key, port);
    // Twice in one container is a duplicate entry, which valid-object reports.
    else if (!earlier.path.startsWith(`${holder}.`)) {
      yield {
        code: "port-taken-twice",
        manifest: workload.manifest,
        path: `${port.path}.containerPort`,
        message: `Containers of a pod share its address, and ${earlier.path} has port ${key} already`,
        actual: key,
        fix: "Let one of the two listen on another port.",
      };
    }
  }
}

function* checkPolicyPorts(policy: Manifest, groups: readonly PodGroup[]): Generator<Problem<Code>> {
  const spec = objectAt(policy.object, "spec");
  for (const direction of ["ingress", "egress"] as const) {
    const named = objectsIn(spec?.[direction]).flatMap((rule, ruleAt) =>
      objectsIn(rule.ports).flatMap((port, portAt) => {
        const name = stringAt(port, "port");
        return name === undefined
          ? []
          : [{ name, path: `spec.${direction}[${ruleAt}].ports[${portAt}].port` }];
      }),
    );
    if (named.length === 0) continue;
    // The policy's own pods receive what comes in; what goes out is named by pods anywhere.
    const receivers = direction === "egress" ? groups : groups.filter((group) => isSelected(group, policy));
    if (receivers.length === 0) continue;
    const names = new Set(receivers.flatMap(({ namedPorts }) => namedPorts.map(({ name }) => name)));
    for (const { name, path } of named) {
      if (names.has(name)) continue;
      const near = nearest(name, names);
      const known = [...names].join(", ") || "none";
      yield {
        code: "missing-policy-port",
        manifest: policy,
        path,
        message: `No pod that this rule can mean has a port named ${name}; there are: ${known}`,
        actual: name,
        limit: near ?? known,
        fix:
          near === undefined ? "Name a port that the pods declare, or write its number." : `Write ${near}.`,
      };
    }
  }
}

function isSelected({ namespace, labels }: PodGroup, policy: Manifest): boolean {
  return namespace === namespaceOf(policy) && matchesLabels(at(policy.object, "spec", "podSelector"), labels);
}
