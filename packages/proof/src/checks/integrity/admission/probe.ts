import { isObject, type JsonObject, objectAt } from "../../../manifest/values.ts";
import { type AdmissionProblem, conflicting, invalid } from "./admission-problem.ts";
import { isPortName, isPortNumber } from "./names.ts";

const PROBE_HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"];
const LIFECYCLE_HANDLERS = ["exec", "httpGet", "tcpSocket", "sleep"];
const COUNTS = [
  "initialDelaySeconds",
  "periodSeconds",
  "timeoutSeconds",
  "successThreshold",
  "failureThreshold",
];

/** Each probe asks in exactly one way, of a port that can be. */
export function* checkProbes(container: JsonObject, path: string): Generator<AdmissionProblem> {
  for (const field of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = objectAt(container, field);
    if (probe === undefined) continue;
    const place = `${path}.${field}`;
    yield* checkHandler(probe, PROBE_HANDLERS, place);
    for (const count of COUNTS) {
      const value = probe[count];
      if (typeof value === "number" && value < 0) yield invalid(`${place}.${count}`, value, "at least 0");
    }
    const { successThreshold } = probe;
    if (field !== "readinessProbe" && typeof successThreshold === "number" && successThreshold > 1) {
      yield invalid(`${place}.successThreshold`, successThreshold, `1, the only threshold of a ${field}`);
    }
  }
}

/** Each hook does exactly one thing. */
export function* checkLifecycle(container: JsonObject, path: string): Generator<AdmissionProblem> {
  for (const hook of ["postStart", "preStop"]) {
    const handler = objectAt(container, "lifecycle", hook);
    if (handler !== undefined) yield* checkHandler(handler, LIFECYCLE_HANDLERS, `${path}.lifecycle.${hook}`);
  }
}

function* checkHandler(
  handler: JsonObject,
  kinds: readonly string[],
  path: string,
): Generator<AdmissionProblem> {
  const present = kinds.filter((kind) => isObject(handler[kind]));
  if (present.length !== 1) {
    const message = `has ${present.length === 0 ? "no handler" : present.join(" and ")}; exactly one is needed`;
    yield conflicting(path, message, `Keep exactly one of ${kinds.join(", ")}.`);
  }
  for (const kind of ["httpGet", "tcpSocket", "grpc"]) {
    const port = objectAt(handler, kind)?.port;
    const place = `${path}.${kind}.port`;
    if (typeof port === "number" && !isPortNumber(port)) yield invalid(place, port, "a port from 1 to 65535");
    if (typeof port === "string" && !isPortName(port)) {
      yield invalid(
        place,
        port,
        "a port name",
        /^\d+$/.test(port) ? "Write the number without quotes." : undefined,
      );
    }
  }
}
