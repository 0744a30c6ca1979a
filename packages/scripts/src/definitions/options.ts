import type { OptionDefinition } from "../command.ts";

/** Options that several commands take. */
export const profiles: OptionDefinition = {
  type: "string",
  multiple: true,
  value: "NAME|FILE",
  description: "A profile of the umbrella or a values file; t495 when none is given.",
};

export const output: OptionDefinition = {
  type: "string",
  value: "FILE",
  description: "Write there, whole or not at all.",
};
