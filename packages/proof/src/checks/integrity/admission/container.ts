import { parseQuantity } from "../../../accounting/quantity.ts";
import { at, isObject, type JsonObject, objectAt, objectsIn, stringAt } from "../../../manifest/values.ts";
import { fieldPath } from "../../../schemas/field-path.ts";
import { type AdmissionProblem, conflicting, duplicate, invalid, missing } from "./admission-problem.ts";
import { DNS_LABEL_TEXT } from "./metadata.ts";
import { isDnsLabel, isPortName, isPortNumber } from "./names.ts";
import { checkLifecycle, checkProbes } from "./probe.ts";

/** Printable ASCII without the equals sign (Kubernetes 1.34 and newer). */
const ENV_NAME = /^[ -<>-~]+$/;
const ENV_FIELD_PATH =
  /^(metadata\.(name|namespace|uid)|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?)|metadata\.(labels|annotations)\['[^']+'\])$/;

/** What a container's pod says about it. */
interface ContainerSurroundings {
  readonly path: string;
  readonly volumes: ReadonlySet<string>;
  /** An init container that runs to its end, which no probe watches. */
  readonly runsToCompletion: boolean;
  readonly hostNetwork: boolean;
}

/** One container as the API server validates it (core/validation `validateContainerCommon`, 1.36.3). */
export function* checkContainer(
  container: JsonObject,
  { path, volumes, runsToCompletion, hostNetwork }: ContainerSurroundings,
): Generator<AdmissionProblem> {
  const name = stringAt(container, "name");
  if (name !== undefined && !isDnsLabel(name)) yield invalid(`${path}.name`, name, DNS_LABEL_TEXT);
  const image = at(container, "image");
  if (image === undefined || image === null || image === "") {
    yield missing(`${path}.image`, "a container runs an image", "Name the image.");
  } else if (typeof image === "string" && image.trim() !== image) {
    yield invalid(`${path}.image`, image, "an image without spaces around it");
  }
  yield* checkPorts(container, path, hostNetwork);
  yield* checkEnvironment(container, path);
  yield* checkMounts(container, path, volumes);
  yield* checkResources(objectAt(container, "resources"), `${path}.resources`);
  if (runsToCompletion) {
    for (const field of ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"]) {
      if (!isObject(container[field])) continue;
      const message = "stands on an init container that runs to completion";
      yield conflicting(`${path}.${field}`, message, `Remove it, or set restartPolicy: Always.`);
    }
  } else {
    yield* checkProbes(container, path);
    yield* checkLifecycle(container, path);
  }
}

function* checkPorts(container: JsonObject, path: string, hostNetwork: boolean): Generator<AdmissionProblem> {
  const names = new Map<string, string>();
  for (const [position, port] of objectsIn(container.ports).entries()) {
    const place = `${path}.ports[${position}]`;
    for (const field of ["containerPort", "hostPort"]) {
      const number = port[field];
      if (typeof number === "number" && !(field === "hostPort" && number === 0) && !isPortNumber(number)) {
        yield invalid(`${place}.${field}`, number, "a port from 1 to 65535");
      }
    }
    const { hostPort, containerPort } = port;
    if (hostNetwork && typeof hostPort === "number" && hostPort !== 0 && hostPort !== containerPort) {
      yield invalid(`${place}.hostPort`, hostPort, "the containerPort, as hostNetwork demands");
    }
    const name = stringAt(port, "name");
    if (name === undefined || name === "") continue;
    if (!isPortName(name)) {
      yield invalid(
        `${place}.name`,
        name,
        "a port name: at most 15 lower-case letters, digits and single dashes",
      );
    }
    const earlier = names.get(name);
    if (earlier === undefined) names.set(name, place);
    else yield duplicate(`${place}.name`, name, earlier);
  }
}

function* checkEnvironment(container: JsonObject, path: string): Generator<AdmissionProblem> {
  for (const [position, variable] of objectsIn(container.env).entries()) {
    const place = `${path}.env[${position}]`;
    const name = stringAt(variable, "name");
    if (name !== undefined && !ENV_NAME.test(name)) {
      yield invalid(`${place}.name`, name, "the name of a variable: printable ASCII without =");
    }
    const source = objectAt(variable, "valueFrom");
    if (source === undefined) continue;
    const sources = Object.keys(source).filter((key) => isObject(source[key]));
    if (sources.length !== 1) {
      const message = `names ${sources.length === 0 ? "no source" : sources.join(" and ")}; exactly one is needed`;
      yield conflicting(`${place}.valueFrom`, message, "Keep one source.");
    }
    if (typeof variable.value === "string" && variable.value !== "") {
      yield conflicting(place, "has both value and valueFrom", "Keep one of them.");
    }
    const field = stringAt(source, "fieldRef", "fieldPath");
    if (field !== undefined && !ENV_FIELD_PATH.test(field)) {
      yield invalid(`${place}.valueFrom.fieldRef.fieldPath`, field, "a field that a variable may take");
    }
  }
  for (const [position, source] of objectsIn(container.envFrom).entries()) {
    const sources = ["configMapRef", "secretRef"].filter((key) => isObject(source[key]));
    if (sources.length === 1) continue;
    const message = `names ${sources.length === 0 ? "no source" : "two sources"}; exactly one is needed`;
    yield conflicting(`${path}.envFrom[${position}]`, message, "Name a configMapRef or a secretRef.");
  }
}

function* checkMounts(
  container: JsonObject,
  path: string,
  volumes: ReadonlySet<string>,
): Generator<AdmissionProblem> {
  const places = new Map<string, string>();
  for (const [list, field] of [
    ["volumeMounts", "mountPath"],
    ["volumeDevices", "devicePath"],
  ] as const) {
    for (const [position, mount] of objectsIn(container[list]).entries()) {
      const place = `${path}.${list}[${position}]`;
      const name = stringAt(mount, "name");
      if (name !== undefined && !volumes.has(name)) {
        yield {
          code: "missing-volume",
          path: `${place}.name`,
          message: `names the volume ${JSON.stringify(name)}, which the pod does not have`,
          actual: name,
          limit: [...volumes].join(", ") || "no volumes",
          fix: `Add a volume ${name}, or mount one of: ${[...volumes].join(", ") || "none is there"}.`,
        };
      }
      const target = stringAt(mount, field);
      if (target === undefined) continue;
      const earlier = places.get(target);
      // Twice in one list is found by the schema, whose lists are keyed by path.
      if (earlier === undefined || earlier.startsWith(`${path}.${list}[`)) places.set(target, place);
      else yield duplicate(`${place}.${field}`, target, earlier);
      if (isSet(mount.subPath) && isSet(mount.subPathExpr)) {
        yield conflicting(place, "has both subPath and subPathExpr", "Keep one of them.");
      }
    }
  }
}

/** Every request is at most its limit, and no amount is negative. */
export function* checkResources(
  resources: JsonObject | undefined,
  path: string,
): Generator<AdmissionProblem> {
  const limits = objectAt(resources, "limits") ?? {};
  const requests = objectAt(resources, "requests") ?? {};
  for (const [list, amounts] of [
    ["limits", limits],
    ["requests", requests],
  ] as const) {
    for (const [resource, written] of Object.entries(amounts)) {
      const amount = parseQuantity(written);
      if (amount === undefined || amount >= 0n) continue;
      yield invalid(fieldPath(`${path}.${list}`, resource), String(written), "an amount of at least 0");
    }
  }
  for (const [resource, written] of Object.entries(requests)) {
    const request = parseQuantity(written);
    const limit = parseQuantity(limits[resource]);
    if (request === undefined || limit === undefined || request <= limit) continue;
    yield {
      code: "requests-exceed-limits",
      path: fieldPath(`${path}.requests`, resource),
      message: `requests ${String(written)}, more than the limit of ${String(limits[resource])}`,
      actual: String(written),
      limit: String(limits[resource]),
      fix: `Request at most ${String(limits[resource])}, or raise the limit.`,
    };
  }
}

function isSet(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
