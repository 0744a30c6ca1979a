import type { KubernetesObject, Plan } from "@t495/proof";
import { nodeAllocatable, nodeLabels, nodeLedger } from "../../../proof/src/accounting/node.ts";
import { countAmount, type ResourceList, writeAmount } from "../../../proof/src/accounting/quantity.ts";
import { K3S_VERSION } from "../../../proof/src/helm/versions.ts";
import type { ApiClient } from "../api/api-client.ts";

/** The node of the plan as an ordinary object: it can give what the plan says, as the pinned K3s, and KWOK makes it ready. */
export async function createNode(api: ApiClient, plan: Plan): Promise<void> {
  const { name, network } = plan.node;
  const node: KubernetesObject = {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { ...nodeLabels(plan) } },
  };
  await api.apply(node, { manager: "kubelet" });
  const { memory, cpu, storage, pods } = nodeLedger(plan);
  const status = {
    nodeInfo: { kubeletVersion: K3S_VERSION },
    capacity: written({
      memory: memory.capacity,
      cpu: cpu.capacity,
      "ephemeral-storage": storage.capacity,
      pods: countAmount(pods),
    }),
    allocatable: written(nodeAllocatable(plan)),
    addresses: [{ type: "InternalIP", address: network.address }],
  };
  await api.patch({ apiVersion: "v1", kind: "Node", name }, { status }, "status");
}

function written(list: ResourceList): Record<string, string> {
  return Object.fromEntries(
    Object.entries(list).map(([resource, amount]) => [resource, writeAmount(resource, amount)]),
  );
}
