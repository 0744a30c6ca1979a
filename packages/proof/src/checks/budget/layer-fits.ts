import { budgetOf, nodeLedger, planned } from "../../accounting/node.ts";
import { formatMemory } from "../../accounting/quantity.ts";
import { defineRule } from "../rule.ts";

/** The layer that also carries what the node keeps for itself. */
const SYSTEM = "system";

/** The ledger of the installed memory adds up. */
export const layerFits = defineRule({
  id: "layer-fits",
  group: "budget",
  severity: "error",
  needs: "plan",
  title: "Namespaces fit their layer, and the layers are exactly what is installed",
  explanation: {
    protects:
      "The plan itself: every byte of the machine belongs to one layer, and no layer gives more than it has.",
    incident:
      "A namespace grows by 1 GiB, its layer's line in the plan stays; a year later the sum of the lines is more than the machine, and nobody knows which line is wrong.",
    fix: "Make a namespace of the layer smaller, or take memory from another layer, so that all lines still add up to what is installed.",
    source: "The plan in charts/platform-umbrella/values.yaml, global.layers and global.namespaces.",
  },
  codes: {
    "layer-overcommitted": "The budgets of a layer's namespaces are more than the layer.",
    "layers-differ-from-installed": "The layers together are not what is installed.",
    "unknown-layer": "A namespace is charged to a layer that the plan does not have.",
    "capacity-exceeds-installed": "The node reports more memory than is installed.",
  },
  *check({ plan }) {
    const { memory } = nodeLedger(plan);
    const charged = new Map(
      Object.keys(plan.layers).map((layer) => [layer, [] as { name: string; amount: bigint }[]]),
    );
    charged
      .get(SYSTEM)
      ?.push(
        { name: "hidden from the kubelet", amount: memory.hidden },
        { name: "reserved", amount: memory.reserved },
        { name: "eviction threshold", amount: memory.evictionThreshold },
      );
    for (const [name, { layer, chargedTo }] of Object.entries(plan.namespaces)) {
      for (const [key, wanted] of Object.entries({ layer, chargedTo })) {
        if (charged.has(wanted)) continue;
        yield {
          code: "unknown-layer",
          path: `global.namespaces.${name}.${key}`,
          message: `namespace ${name} names layer ${wanted}, which is not in global.layers`,
          fix: `name one of ${[...charged.keys()].join(", ")}`,
        };
      }
      charged.get(chargedTo)?.push({ name, amount: budgetOf(plan, name)?.memory ?? 0n });
    }
    if (memory.hidden < 0n) {
      yield {
        code: "capacity-exceeds-installed",
        path: "global.node.memory.capacity",
        message: `the kubelet reports ${formatMemory(memory.capacity)}, but only ${formatMemory(memory.installed)} are installed`,
        actual: formatMemory(memory.capacity),
        limit: formatMemory(memory.installed),
        fix: "capacity is MemTotal of the node; installed is what its modules add up to",
      };
    }
    let distributed = 0n;
    for (const [layer, parts] of charged) {
      const budget = planned(plan.layers[layer]?.memory ?? "0");
      distributed += budget;
      const sum = parts.reduce((total, { amount }) => total + amount, 0n);
      if (sum <= budget) continue;
      const largest = [...parts].sort((a, b) => Number(b.amount - a.amount)).slice(0, 4);
      yield {
        code: "layer-overcommitted",
        path: `global.layers.${layer}.memory`,
        message: `layer ${layer} has ${formatMemory(budget)}, but ${formatMemory(sum)} are taken from it, ${formatMemory(sum - budget)} too much (${largest.map(({ name, amount }) => `${name} ${formatMemory(amount)}`).join(", ")})`,
        actual: formatMemory(sum),
        limit: formatMemory(budget),
        fix: `shrink a namespace that is charged to ${layer} by ${formatMemory(sum - budget)}, or charge one to another layer`,
      };
    }
    if (distributed !== memory.installed) {
      const [more, less] =
        distributed > memory.installed ? [distributed, memory.installed] : [memory.installed, distributed];
      yield {
        code: "layers-differ-from-installed",
        path: "global.layers",
        message: `the layers add up to ${formatMemory(distributed)}, ${formatMemory(more - less)} ${distributed > memory.installed ? "more" : "less"} than the ${formatMemory(memory.installed)} that are installed`,
        actual: formatMemory(distributed),
        limit: formatMemory(memory.installed),
        fix: "give each byte to exactly one layer",
      };
    }
  },
});
