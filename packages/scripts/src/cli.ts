import { InputError, isInputError } from "@t495/proof/errors";
import { nearest } from "@t495/proof/nearest";
import { clusterOptions } from "./cluster/cluster-options.ts";
import type { CommandDefinition, OptionDefinition } from "./command.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { describeInputError } from "./input-error.ts";
import { tolerateClosedPipes, writeNote, writeOut } from "./output.ts";
import { parseCommandLine } from "./parse-command-line.ts";
import { version } from "./version.ts";

/** A defect of this program: neither a verdict (0, 1) nor bad input (2); sysexits' EX_SOFTWARE. */
const DEFECT = 70;
const BAD_INPUT = 2;

const profiles: OptionDefinition = {
  type: "string",
  multiple: true,
  value: "NAME|FILE",
  description: "A profile of the umbrella or a values file; t495 when none is given.",
};
const output: OptionDefinition = {
  type: "string",
  value: "FILE",
  description: "Write there, whole or not at all.",
};
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

const commands: Readonly<Record<string, CommandDefinition>> = {
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
    load: () => import("./commands/prove.ts"),
  },
  check: {
    summary: "The same rules on manifests that somebody else rendered.",
    arguments: "[FILE...|-]",
    maxArguments: Number.POSITIVE_INFINITY,
    options: { plan, format: proofFormat, output, rule },
    load: () => import("./commands/check.ts"),
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
    load: () => import("./commands/render.ts"),
  },
  budget: table("Memory and CPU by layer, namespace and workload.", () => import("./commands/budget.ts")),
  addresses: table("Every address of the pool and who holds it.", () => import("./commands/addresses.ts")),
  order: table("The order in which Argo CD applies every object.", () => import("./commands/order.ts")),
  images: table("Every image, its pin, its end of life and its users.", () => import("./commands/images.ts")),
  explain: {
    summary: "What a rule protects and how to mend its findings; without RULE, all rules.",
    arguments: "[RULE]",
    maxArguments: 1,
    options: {},
    load: () => import("./commands/explain.ts"),
  },
  doctor: {
    summary: "Compare the running node with the plan, and say how to mend what differs.",
    arguments: "",
    maxArguments: 0,
    options: {
      profile: { ...profiles, multiple: false },
      kubeconfig: { type: "string", value: "FILE", description: "As for kubectl, which is asked." },
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
    load: () => import("./commands/doctor.ts"),
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
    load: () => import("./commands/bootstrap.ts"),
  },
  unblock: {
    summary: "End root's running sync and sync the newest commit.",
    arguments: "",
    maxArguments: 0,
    options: clusterOptions,
    load: () => import("./commands/unblock.ts"),
  },
  pause: {
    summary: "Let Argo CD apply, heal and prune nothing.",
    arguments: "",
    maxArguments: 0,
    options: clusterOptions,
    load: () => import("./commands/pause.ts"),
  },
  resume: {
    summary: "Let Argo CD go on.",
    arguments: "",
    maxArguments: 0,
    options: clusterOptions,
    load: () => import("./commands/resume.ts"),
  },
  tools: {
    summary: "Which Helm is used, and why that one.",
    arguments: "",
    maxArguments: 0,
    options: { format: { type: "string", value: "FORMAT", description: "pretty (default) or json." } },
    load: () => import("./commands/tools.ts"),
  },
  bench: {
    summary: "How fast prove and the rules are, as ratios.",
    arguments: "",
    maxArguments: 0,
    options: {
      json: { type: "boolean", description: "The figures as JSON." },
      runs: { type: "string", value: "N", description: "Paired runs; 10 when not given." },
    },
    load: () => import("./commands/bench.ts"),
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
    load: () => import("./commands/cluster.ts"),
  },
  docs: {
    summary: "Write what is generated from the sources.",
    arguments: "",
    maxArguments: 0,
    options: { check: { type: "boolean", description: "Write nothing; fail when something is stale." } },
    load: () => import("./commands/docs.ts"),
  },
};

/** The command line. Returns the exit code; nothing else decides or sets one. */
export async function main(words: readonly string[], root: string): Promise<number> {
  tolerateClosedPipes();
  try {
    return await run(words, root);
  } catch (error) {
    if (isInputError(error)) {
      writeNote(describeInputError(error));
      return BAD_INPUT;
    }
    writeNote(
      `This is a defect of platform, not of your input:\n${error instanceof Error ? error.stack : error}`,
    );
    return DEFECT;
  }
}

async function run([name, ...words]: readonly string[], root: string): Promise<number> {
  if (name === "--version" || name === "-v") {
    writeOut(`${version()}\n`);
    return 0;
  }
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const topic = words[0];
    writeOut(topic === undefined ? generalHelp(commands) : commandHelp(topic, findCommand(topic)));
    return name === undefined ? BAD_INPUT : 0;
  }
  const command = findCommand(name);
  const { help, ...parsed } = parseCommandLine(name, command, words);
  if (help) {
    writeOut(commandHelp(name, command));
    return 0;
  }
  const action = await command.load();
  return action.run({ ...parsed, root });
}

function findCommand(name: string): CommandDefinition {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  const meant = nearest(name, Object.keys(commands));
  throw new InputError({
    what: `there is no command ${name}`,
    fix: meant === undefined ? "`platform help` lists every command" : `did you mean ${meant}?`,
  });
}
