import { InputError, isInputError } from "@t495/proof/errors";
import { nearest } from "@t495/proof/nearest";
import type { CommandDefinition } from "./command.ts";
import { commands } from "./definitions/commands.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { describeInputError } from "./input-error.ts";
import { tolerateClosedPipes, writeNote, writeOut } from "./output.ts";
import { parseCommandLine } from "./parse-command-line.ts";
import { version } from "./version.ts";

/** A defect of this program: neither a verdict (0, 1) nor bad input (2); sysexits' EX_SOFTWARE. */
const DEFECT = 70;
const BAD_INPUT = 2;

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
  return action.run({ ...parsed, root, commands });
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
