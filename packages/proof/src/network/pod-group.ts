import { namespaceOf } from "../manifest/kubernetes-object.ts";
import { objectsIn, stringAt } from "../manifest/values.ts";
import { containersOf, type Workload } from "../manifest/workload.ts";
import { type Labels, labelsOf } from "./label-selector.ts";
import { isPort, type Protocol, toProtocol } from "./port-set.ts";

/** Pods that no NetworkPolicy can tell apart: one namespace, the same labels. */
export interface PodGroup {
  /** `postgresql/server` by the recommended labels, else the workload: `Deployment data/redis`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Empty for pods that no rendering shows. */
  readonly workloads: readonly Workload[];
  /** Such pods share the node's address: policies neither select nor recognise them. */
  readonly hostNetwork: boolean;
  readonly namedPorts: readonly NamedPort[];
}

interface NamedPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

export const NAME_LABEL = "app.kubernetes.io/name";
export const ROLE_LABEL = "app.kubernetes.io/component";

/** Pods of all workloads, grouped; a workload without a namespace is taken to be in `default`. */
export function groupPods(workloads: readonly Workload[]): PodGroup[] {
  const groups = new Map<string, Workload[]>();
  for (const workload of workloads) {
    const labels = Object.entries(labelsOf(workload.podMetadata)).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([
      namespaceOf(workload.manifest),
      workload.podSpec.hostNetwork === true,
      labels,
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [workload]);
    else group.push(workload);
  }
  return [...groups.values()].map(toGroup);
}

function toGroup(workloads: readonly Workload[]): PodGroup {
  const first = workloads[0] as Workload;
  const labels = labelsOf(first.podMetadata);
  const component = labels[NAME_LABEL];
  const role = labels[ROLE_LABEL];
  const name =
    component === undefined
      ? `${first.kind} ${namespaceOf(first.manifest)}/${first.manifest.name}`
      : component;
  return {
    name: component !== undefined && role !== undefined ? `${component}/${role}` : name,
    namespace: namespaceOf(first.manifest),
    labels,
    workloads,
    hostNetwork: first.podSpec.hostNetwork === true,
    namedPorts: workloads.flatMap(namedPortsOf),
  };
}

function namedPortsOf(workload: Workload): NamedPort[] {
  return containersOf(workload).flatMap(({ container }) =>
    objectsIn(container.ports).flatMap((entry): NamedPort[] => {
      const name = stringAt(entry, "name");
      const protocol = toProtocol(entry.protocol);
      if (name === undefined || protocol === undefined || !isPort(entry.containerPort)) return [];
      return [{ name, protocol, port: entry.containerPort }];
    }),
  );
}
