import type { CommandDefinition } from "../command.ts";
import { profiles } from "./options.ts";

/** What looks after this repository. */
export const workspaceCommands: Readonly<Record<string, CommandDefinition>> = {
  tools: {
    summary: "Which Helm is used, and why that one.",
    arguments: "",
    maxArguments: 0,
    options: { format: { type: "string", value: "FORMAT", description: "pretty (default) or json." } },
    load: () => import("../commands/tools.ts"),
  },
  bench: {
    summary: "How fast prove and the rules are, as ratios.",
    arguments: "",
    maxArguments: 0,
    options: {
      json: { type: "boolean", description: "The figures as JSON." },
      runs: { type: "string", value: "N", description: "Paired runs; 10 when not given." },
    },
    load: () => import("../commands/bench.ts"),
  },
  release: {
    summary: "The stages of a release: check, version, package, push, tag.",
    arguments: "[STAGE]",
    maxArguments: 1,
    options: {
      since: {
        type: "string",
        value: "REVISION",
        description: "For check: what has changed since then; the last release when not given.",
      },
      registry: { type: "string", value: "oci://HOST/PATH", description: "For push: where charts go." },
      "plain-http": { type: "boolean", description: "For push: the registry has no TLS." },
      first: {
        type: "boolean",
        description: "For push: a chart whose look-up is denied was never pushed, as on GHCR.",
      },
      yes: { type: "boolean", description: "For push and tag: do it; else it is only said." },
    },
    load: () => import("../commands/release.ts"),
  },
  cluster: {
    summary: "A real control plane on loopback, for trying things: build, up, down, status.",
    arguments: "ACTION",
    maxArguments: 1,
    options: {
      profile: { ...profiles, multiple: false },
      empty: { type: "boolean", description: "up: only the node, nothing of the platform." },
      foreground: { type: "boolean", description: "up: stay in this process until it is ended." },
    },
    load: () => import("../commands/cluster.ts"),
  },
  docs: {
    summary: "Write what is generated from the sources.",
    arguments: "",
    maxArguments: 0,
    options: { check: { type: "boolean", description: "Write nothing; fail when something is stale." } },
    load: () => import("../commands/docs.ts"),
  },
};
