import { objectsIn, stringAt } from "../../../manifest/values.ts";
import { containersOf, type Workload } from "../../../manifest/workload.ts";
import { plainText } from "../../../schemas/plain-text.ts";

/** A port that a container says it listens on. */
export interface DeclaredPort {
  readonly name: string | undefined;
  readonly number: unknown;
  readonly protocol: string;
  readonly path: string;
}

/** The ports of all containers that run at the same time: init containers only when they are sidecars. */
export function declaredPorts(workload: Workload): readonly DeclaredPort[] {
  return containersOf(workload)
    .filter(({ container, init }) => !init || container.restartPolicy === "Always")
    .flatMap(({ container, path }) => portsOf(container.ports, path));
}

/** The ports of one container. */
export function portsOf(ports: unknown, path: string): readonly DeclaredPort[] {
  return objectsIn(ports).map((port, position) => ({
    name: stringAt(port, "name"),
    number: port.containerPort,
    protocol: stringAt(port, "protocol") ?? "TCP",
    path: `${path}.ports[${position}]`,
  }));
}

export function namesOf(ports: readonly DeclaredPort[]): readonly string[] {
  return ports.map(({ name }) => name).filter((name) => name !== undefined);
}

/** `http (8080), 9090`. */
export function describePorts(ports: readonly DeclaredPort[]): string {
  const text = ports.map(({ name, number }) =>
    name === undefined ? plainText(number) : `${name} (${plainText(number)})`,
  );
  return text.length === 0 ? "no such ports" : text.join(", ");
}
