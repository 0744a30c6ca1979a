import type { CommandDefinition, OptionDefinition } from "../command.ts";
import { output, profiles } from "./options.ts";

const plan: OptionDefinition = {
  type: "string",
  value: "FILE",
  description: "The plan: a file with its keys, or manifests with ConfigMap platform-plan.",
};
const proofFormat: OptionDefinition = {
  type: "string",
  value: "FORMAT",
  description: "pretty (default), json, sarif, junit or markdown.",
};
const rule: OptionDefinition = {
  type: "string",
  multiple: true,
  value: "ID",
  description: "Run only this rule; may be repeated.",
};

function table(summary: string, load: CommandDefinition["load"]): CommandDefinition {
  return {
    summary,
    arguments: "[FILE...|-]",
    maxArguments: Number.POSITIVE_INFINITY,
    options: {
      profile: { ...profiles, multiple: false },
      plan,
      format: { type: "string", value: "FORMAT", description: "pretty (default) or json." },
      output,
    },
    load,
  };
}

/** What judges a rendering, and what shows one. */
export const proofCommands: Readonly<Record<string, CommandDefinition>> = {
  prove: {
    summary: "Render the platform and prove that it fits its node.",
    arguments: "",
    maxArguments: 0,
    options: {
      profile: profiles,
      format: proofFormat,
      output,
      rule,
      thorough: { type: "boolean", description: "Also the rules that compare several renderings." },
    },
    load: () => import("../commands/prove.ts"),
  },
  check: {
    summary: "The same rules on manifests that somebody else rendered.",
    arguments: "[FILE...|-]",
    maxArguments: Number.POSITIVE_INFINITY,
    options: { plan, format: proofFormat, output, rule },
    load: () => import("../commands/check.ts"),
  },
  render: {
    summary: "The manifests, exactly as proven and as Argo CD renders them.",
    arguments: "",
    maxArguments: 0,
    options: {
      profile: { ...profiles, multiple: false },
      set: {
        type: "string",
        multiple: true,
        value: "KEY=VALUE",
        description: "A value on top, as for helm --set.",
      },
      component: { type: "string", value: "NAME", description: "One component, `foundation` or `root`." },
      output,
    },
    load: () => import("../commands/render.ts"),
  },
  budget: table("Memory and CPU by layer, namespace and workload.", () => import("../commands/budget.ts")),
  addresses: table("Every address of the pool and who holds it.", () => import("../commands/addresses.ts")),
  order: table("The order in which Argo CD applies every object.", () => import("../commands/order.ts")),
  images: table(
    "Every image, its pin, its end of life and its users.",
    () => import("../commands/images.ts"),
  ),
  explain: {
    summary: "What a rule protects and how to mend its findings; without RULE, all rules.",
    arguments: "[RULE]",
    maxArguments: 1,
    options: {},
    load: () => import("../commands/explain.ts"),
  },
};
