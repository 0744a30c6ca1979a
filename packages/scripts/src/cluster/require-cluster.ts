import { InputError, KUBERNETES_VERSION, type Plan } from "@t495/proof";
import type { Kubectl } from "./kubectl.ts";

/** The oldest minor version that the charts' kubeVersion admits. */
const OLDEST_MINOR = 34;

export interface ClusterFacts {
  /** The API server's address, as the kubeconfig names it. */
  readonly server: string;
  readonly version: string;
  readonly node: string;
  /** What is not as planned and does not forbid to go on. */
  readonly notes: readonly string[];
}

interface Node {
  readonly metadata: { readonly name: string };
  readonly status: { readonly capacity: Readonly<Record<string, string>> };
}

/**
 * Makes sure that the cluster is the one of the plan: of a version that the charts admit, with the plan's node and no
 * other.
 *
 * @throws InputError otherwise, so that nothing is applied to somebody else's cluster
 */
export async function requireCluster(kubectl: Kubectl, plan: Plan): Promise<ClusterFacts> {
  const version = await serverVersion(kubectl);
  const nodes = (await kubectl.get(["nodes"])) as { readonly items: readonly Node[] };
  const names = nodes.items.map(({ metadata }) => metadata.name);
  if (names.length !== 1 || names[0] !== plan.node.name) {
    throw new InputError({
      what: `the plan ${plan.profile} is for one node, ${plan.node.name}; the cluster has ${names.join(", ") || "none"}`,
      where: "global.node.name",
      fix: "name the right cluster with --context, the right profile with --profile, or set global.node.name in the profile",
    });
  }
  return {
    server: await serverAddress(kubectl),
    version,
    node: plan.node.name,
    notes: [
      ...(minorOf(version) === minorOf(KUBERNETES_VERSION)
        ? []
        : [`Kubernetes is ${version}; the platform is proven for ${KUBERNETES_VERSION}`]),
      ...memoryNotes(nodes.items[0]?.status.capacity.memory, plan),
    ],
  };
}

async function serverVersion(kubectl: Kubectl): Promise<string> {
  const { gitVersion } = JSON.parse(await kubectl.run(["get", "--raw", "/version"])) as {
    gitVersion: string;
  };
  if (minorOf(gitVersion) >= OLDEST_MINOR) return gitVersion;
  throw new InputError({
    what: `the cluster runs Kubernetes ${gitVersion}; the charts need 1.${OLDEST_MINOR} or newer`,
    fix: `install the version that is proven: ${KUBERNETES_VERSION}`,
  });
}

/** Of the first major version; anything else counts as too old. */
function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
}

async function serverAddress(kubectl: Kubectl): Promise<string> {
  const view = await kubectl.run([
    "config",
    "view",
    "--minify",
    "--output=jsonpath={.clusters[0].cluster.server}",
  ]);
  return view.trim();
}

/** A node with less memory than planned would not hold what was proven; `doctor` compares everything. */
function memoryNotes(reported: string | undefined, plan: Plan): readonly string[] {
  const kibibytes = Number(/^(\d+)Ki$/.exec(reported ?? "")?.[1] ?? Number.NaN);
  const planned = /^(\d+)(Mi|Gi)$/.exec(plan.node.memory.capacity);
  if (Number.isNaN(kibibytes) || planned === null) return [];
  const mebibytes = Number(planned[1]) * (planned[2] === "Gi" ? 1024 : 1);
  if (kibibytes / 1024 >= mebibytes) return [];
  return [
    `the node reports ${Math.floor(kibibytes / 1024)}Mi of memory, the plan counts on ${plan.node.memory.capacity} (global.node.memory.capacity)`,
  ];
}
