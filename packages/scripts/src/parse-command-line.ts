import { parseArgs } from "node:util";
import { InputError } from "@t495/proof/errors";
import { nearest } from "@t495/proof/nearest";
import { type CommandDefinition, OptionValues } from "./command.ts";

export interface ParsedCommandLine {
  readonly arguments: readonly string[];
  readonly options: OptionValues;
  readonly help: boolean;
}

/** Reads a command's words; anything the command does not know is bad input with the nearest suggestion. */
export function parseCommandLine(
  name: string,
  command: CommandDefinition,
  words: readonly string[],
): ParsedCommandLine {
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries({ ...command.options, help: { type: "boolean", short: "h" } }).map(([key, option]) => [
        key,
        { type: option.type as "string" | "boolean", ...("short" in option ? { short: "h" } : {}) },
      ]),
    ),
  });
  const options = new Map<string, string[]>();
  const positionals: string[] = [];
  let help = false;
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help") help = true;
    else {
      const value = optionValue(name, command, token);
      const values = options.get(token.name);
      if (values !== undefined && command.options[token.name]?.multiple) values.push(value);
      else if (values !== undefined && command.options[token.name]?.type === "string") {
        throw new InputError({ what: `${token.rawName} is given twice`, fix: "give it once" });
      } else options.set(token.name, [value]);
    }
  }
  if (!help && positionals.length > command.maxArguments) {
    throw new InputError({
      what: `${name} does not take ${JSON.stringify(positionals[command.maxArguments])}`,
      fix: `\`platform ${name} --help\` shows what it takes`,
    });
  }
  return { arguments: positionals, options: new OptionValues(options), help };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function optionValue(name: string, command: CommandDefinition, token: OptionToken): string {
  const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
  if (option === undefined) {
    const meant = nearest(token.name, Object.keys(command.options));
    throw new InputError({
      what: `${name} has no option ${token.rawName}`,
      fix: meant === undefined ? `\`platform ${name} --help\` lists its options` : `did you mean --${meant}?`,
    });
  }
  if (option.type === "boolean") {
    if (token.value === undefined) return "";
    throw new InputError({ what: `${token.rawName} takes no value`, fix: `write ${token.rawName} alone` });
  }
  const { value } = token;
  const isNextOption = value?.startsWith("-") && value !== "-" && !token.inlineValue;
  if (value === undefined || value === "" || isNextOption) {
    throw new InputError({
      what: `${token.rawName} needs a value`,
      fix: `write ${token.rawName} ${option.value ?? "VALUE"}`,
    });
  }
  return value;
}
