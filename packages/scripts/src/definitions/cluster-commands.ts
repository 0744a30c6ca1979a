import { clusterOptions } from "../cluster/cluster-options.ts";
import type { CommandDefinition } from "../command.ts";
import { output, profiles } from "./options.ts";

/** What speaks with a cluster. */
export const clusterCommands: Readonly<Record<string, CommandDefinition>> = {
  doctor: {
    summary: "Compare the running node with the plan, and say how to mend what differs.",
    arguments: "",
    maxArguments: 0,
    options: {
      profile: { ...profiles, multiple: false },
      ...clusterOptions,
      facts: {
        type: "string",
        value: "FILE",
        description: "Answers that --record wrote, instead of a cluster's.",
      },
      record: {
        type: "string",
        value: "FILE",
        description: "Write what the cluster answered, without the values of Secrets.",
      },
      format: { type: "string", value: "FORMAT", description: "pretty (default) or json." },
      output,
    },
    load: () => import("../commands/doctor.ts"),
  },
  bootstrap: {
    summary: "Install Argo CD and hand it the platform; without --yes only say what would be done.",
    arguments: "",
    maxArguments: 0,
    options: {
      profile: { ...profiles, multiple: false },
      repository: {
        type: "string",
        value: "URL",
        description: "Where Argo CD reads the platform from, a fork too; the plan's when not given.",
      },
      revision: { type: "string", value: "NAME", description: "The branch or tag to follow; main." },
      "git-token-file": {
        type: "string",
        value: "FILE",
        description: "Opens a private repository over https; or PLATFORM_GIT_TOKEN (PLATFORM_GIT_USERNAME).",
      },
      "git-ssh-key-file": {
        type: "string",
        value: "FILE",
        description: "Opens a private repository over ssh; or PLATFORM_GIT_SSH_KEY.",
      },
      "webhook-secret-file": {
        type: "string",
        value: "FILE",
        description: "What GitHub signs its webhook with; or PLATFORM_WEBHOOK_SECRET.",
      },
      ...clusterOptions,
      "no-wait": { type: "boolean", description: "Do not wait until Argo CD's pods are ready." },
      yes: { type: "boolean", description: "Do it." },
    },
    load: () => import("../commands/bootstrap.ts"),
  },
  unblock: {
    summary: "End root's running sync and sync the newest commit.",
    arguments: "",
    maxArguments: 0,
    options: clusterOptions,
    load: () => import("../commands/unblock.ts"),
  },
  pause: {
    summary: "Let Argo CD apply, heal and prune nothing.",
    arguments: "",
    maxArguments: 0,
    options: clusterOptions,
    load: () => import("../commands/pause.ts"),
  },
  resume: {
    summary: "Let Argo CD go on.",
    arguments: "",
    maxArguments: 0,
    options: clusterOptions,
    load: () => import("../commands/resume.ts"),
  },
  secrets: {
    summary: "List, rotate, export or import the Secrets of the ledger, or print what to bring yourself.",
    arguments: "list | rotate NAME [KEY...] | export | import FILE | template",
    maxArguments: Number.POSITIVE_INFINITY,
    options: {
      profile: { ...profiles, multiple: false },
      ...clusterOptions,
      format: {
        type: "string",
        value: "FORMAT",
        description: "list: pretty (default) or json. template: secret (default) or external-secret.",
      },
      output,
      yes: { type: "boolean", description: "rotate, import: do not ask." },
      "dry-run": { type: "boolean", description: "rotate, import: only say what would be done." },
      "accept-loss": {
        type: "boolean",
        description: "rotate: also a key whose old value opens data; that data is lost.",
      },
      recipient: {
        type: "string",
        multiple: true,
        value: "AGE1...",
        description: "export: who can open it; may be repeated. Without it, a passphrase.",
      },
      "passphrase-file": {
        type: "string",
        value: "FILE",
        description: "export, import: its first line, instead of a question.",
      },
      "identity-file": {
        type: "string",
        value: "FILE",
        description: "import: the key that age-keygen wrote.",
      },
      store: {
        type: "string",
        value: "NAME",
        description: "template: the ClusterSecretStore of the ExternalSecrets; secrets.",
      },
    },
    load: () => import("../commands/secrets.ts"),
  },
};
