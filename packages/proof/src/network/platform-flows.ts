import type { ManifestIndex } from "../manifest/manifest-index.ts";
import { at, objectAt, objectsIn, stringAt } from "../manifest/values.ts";
import type { Workload } from "../manifest/workload.ts";
import type { FlowEnd, Network } from "./flow-ends.ts";
import type { NeededFlow } from "./needed-flows.ts";
import type { PodGroup } from "./pod-group.ts";
import { isPort, portRange } from "./port-set.ts";

const SCRAPE = "prometheus.io/scrape";
const SCRAPE_PORT = "prometheus.io/port";
const DISCOVERY = "kubernetes_sd_configs:";
/** A collector of logs discovers pods in the same way, and reads the files of the node that they write. */
const READS_FILES = /^\s*(?:- )?target_label: ["']?__path__["']?\s*$/m;

/** Pods whose ServiceAccount may do something, and that hold its token, have to reach the API server. */
export function apiServerFlows(network: Network, index: ManifestIndex, port: number): NeededFlow[] {
  const bound = boundAccounts(index);
  return network.groups
    .filter(({ hostNetwork }) => !hostNetwork)
    .flatMap((group) => {
      const workload = group.workloads.find(
        (candidate) => bound.has(accountOf(candidate)) && holdsToken(candidate, index),
      );
      if (workload === undefined) return [];
      return [
        {
          from: { kind: "pods" as const, name: group.name, pods: [group] },
          to: network.apiServer,
          ports: [portRange("TCP", port, port)],
          because: `its ServiceAccount ${accountOf(workload)} is bound to a role and its token is mounted`,
          manifest: workload.manifest,
          path: `${workload.podSpecPath}.serviceAccountName`,
        },
      ];
    });
}

/** A Prometheus that discovers its targets has to reach every pod that asks to be scraped. */
export function scrapeFlows(network: Network): NeededFlow[] {
  const targets = scrapeTargets(network);
  return network.groups.flatMap((group) => {
    if (group.hostNetwork) return [];
    const discovery = network.texts
      .get(group)
      ?.find(({ text }) => text.includes(DISCOVERY) && !READS_FILES.test(text));
    if (discovery === undefined) return [];
    const from: FlowEnd = { kind: "pods", name: group.name, pods: [group] };
    return targets
      .filter(({ pods }) => pods !== group && !pods.hostNetwork)
      .map(({ pods, port }) => ({
        from,
        to: { kind: "pods" as const, name: pods.name, pods: [pods] },
        ports: [portRange("TCP", port, port)],
        because: `${pods.name} asks to be scraped by the annotation ${SCRAPE}`,
        manifest: discovery.manifest,
        path: discovery.path,
      }));
  });
}

function scrapeTargets(network: Network): { pods: PodGroup; port: number }[] {
  const annotated = (metadata: unknown, groups: readonly PodGroup[]): { pods: PodGroup; port: number }[] => {
    const annotations = objectAt(metadata, "annotations");
    const port = Number(stringAt(annotations, SCRAPE_PORT));
    return stringAt(annotations, SCRAPE) === "true" && isPort(port)
      ? groups.map((pods) => ({ pods, port }))
      : [];
  };
  return [
    ...network.groups.flatMap((group) =>
      group.workloads.flatMap((workload) => annotated(workload.podMetadata, [group])),
    ),
    ...network.services.all.flatMap(({ manifest, pods }) => annotated(manifest.object.metadata, pods)),
  ];
}

function boundAccounts(index: ManifestIndex): ReadonlySet<string> {
  const bindings = ["RoleBinding", "ClusterRoleBinding"].flatMap((kind) =>
    index.filter({ group: "rbac.authorization.k8s.io", kind }),
  );
  return new Set(
    bindings.flatMap((binding) =>
      objectsIn(at(binding.object, "subjects"))
        .filter((subject) => subject.kind === "ServiceAccount")
        .map(
          (subject) => `${stringAt(subject, "namespace") ?? binding.namespace}/${stringAt(subject, "name")}`,
        ),
    ),
  );
}

function accountOf({ manifest, podSpec }: Workload): string {
  return `${manifest.namespace ?? "default"}/${podSpec.serviceAccountName ?? "default"}`;
}

/** The pod's own setting decides before the account's; a projected token is mounted in any case. */
function holdsToken(workload: Workload, index: ManifestIndex): boolean {
  const { podSpec, manifest } = workload;
  const isProjected = objectsIn(podSpec.volumes).some((volume) =>
    objectsIn(at(volume, "projected", "sources")).some(
      (source) => objectAt(source, "serviceAccountToken") !== undefined,
    ),
  );
  if (isProjected) return true;
  if (typeof podSpec.automountServiceAccountToken === "boolean") return podSpec.automountServiceAccountToken;
  const account = index.find(
    "",
    "ServiceAccount",
    manifest.namespace,
    podSpec.serviceAccountName ?? "default",
  );
  return at(account?.object, "automountServiceAccountToken") !== false;
}
