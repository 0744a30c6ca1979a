import type { OptionDefinition } from "../command.ts";

/** What every command that speaks with a cluster takes. */
export const clusterOptions: Readonly<Record<"kubeconfig" | "context", OptionDefinition>> = {
  kubeconfig: {
    type: "string",
    value: "FILE",
    description: "The kubeconfig; KUBECONFIG or kubectl's default when not given.",
  },
  context: { type: "string", value: "NAME", description: "A context of it; the current one when not given." },
};
