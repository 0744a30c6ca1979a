import type { Manifest } from "../../../manifest/kubernetes-object.ts";
import { at, objectAt, objectsIn, stringAt, stringsIn } from "../../../manifest/values.ts";
import { type AdmissionProblem, conflicting, duplicate, invalid, missing } from "./admission-problem.ts";
import { checkLabels, DNS_LABEL_TEXT } from "./metadata.ts";
import { isDnsLabel, isPortName, isPortNumber } from "./names.ts";

/** A Service as core/validation `ValidateService` sees it (1.36.3). */
export function* checkService({ object }: Manifest): Generator<AdmissionProblem> {
  const spec = objectAt(object, "spec") ?? {};
  const type = stringAt(spec, "type") ?? "ClusterIP";
  const headless = at(spec, "clusterIP") === "None";
  yield* checkLabels(spec.selector, "spec.selector");
  yield* checkServicePorts(object);
  if (type === "ExternalName") {
    if (stringAt(spec, "externalName") === undefined) {
      yield missing("spec.externalName", "type ExternalName points at a name", "Name the host.");
    }
  } else if (!headless && objectsIn(spec.ports).length === 0) {
    yield missing("spec.ports", "only headless Services and ExternalName may have no port", "Add a port.");
  }
  if (headless && (type === "LoadBalancer" || type === "NodePort")) {
    const fix = `Remove clusterIP, or the type.`;
    yield conflicting("spec.clusterIP", `is None beside type ${type}`, fix);
  }
  const external = type === "LoadBalancer" || type === "NodePort" || stringsIn(spec.externalIPs).length > 0;
  if (!external && (stringAt(spec, "externalTrafficPolicy") ?? "") !== "") {
    const fix = "Remove it, or make the Service a LoadBalancer or NodePort.";
    yield conflicting("spec.externalTrafficPolicy", `is set on a ${type} Service`, fix);
  }
  for (const field of ["loadBalancerClass", "allocateLoadBalancerNodePorts"]) {
    if (type === "LoadBalancer" || spec[field] === undefined || spec[field] === null) continue;
    yield conflicting(
      `spec.${field}`,
      `is set on a ${type} Service`,
      "Remove it, or set type: LoadBalancer.",
    );
  }
}

function* checkServicePorts(object: unknown): Generator<AdmissionProblem> {
  const ports = objectsIn(at(object, "spec", "ports"));
  const names = new Map<string, string>();
  for (const [position, port] of ports.entries()) {
    const place = `spec.ports[${position}]`;
    const name = stringAt(port, "name") ?? "";
    if (name === "" && ports.length > 1) {
      yield missing(`${place}.name`, "each of several ports needs a name", "Name the port.");
    }
    if (name !== "") {
      if (!isDnsLabel(name)) yield invalid(`${place}.name`, name, DNS_LABEL_TEXT);
      const earlier = names.get(name);
      if (earlier === undefined) names.set(name, place);
      else yield duplicate(`${place}.name`, name, earlier);
    }
    if (typeof port.port === "number" && !isPortNumber(port.port)) {
      yield invalid(`${place}.port`, port.port, "a port from 1 to 65535");
    }
    const { targetPort } = port;
    if (typeof targetPort === "number" && targetPort !== 0 && !isPortNumber(targetPort)) {
      yield invalid(`${place}.targetPort`, targetPort, "a port from 1 to 65535");
    }
    if (typeof targetPort === "string" && targetPort !== "" && !isPortName(targetPort)) {
      const fix = /^\d+$/.test(targetPort) ? "Write the number without quotes." : undefined;
      yield invalid(`${place}.targetPort`, targetPort, "a port name or a number", fix);
    }
  }
}
