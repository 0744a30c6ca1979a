import type { CommandDefinition } from "../command.ts";
import { clusterCommands } from "./cluster-commands.ts";
import { proofCommands } from "./proof-commands.ts";
import { workspaceCommands } from "./workspace-commands.ts";

/** Every command, in the order in which help lists them. */
export const commands: Readonly<Record<string, CommandDefinition>> = {
  ...proofCommands,
  ...clusterCommands,
  ...workspaceCommands,
};
