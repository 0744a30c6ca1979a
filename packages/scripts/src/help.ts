import type { CommandDefinition } from "./command.ts";

/** What `platform help` prints. */
export function generalHelp(commands: Readonly<Record<string, CommandDefinition>>): string {
  return [
    "Proves that a platform fits its node: memory budget, address plan, rollout order.",
    "",
    "Usage: platform COMMAND [OPTIONS]",
    "",
    ...columns(Object.entries(commands).map(([name, { summary }]) => [name, summary])),
    ...columns([["help", "This, or `platform help COMMAND`."]]),
    "",
    "Exit codes: 0 proven, 1 findings, 2 bad input or a missing tool.",
    "",
  ].join("\n");
}

/** What `platform COMMAND --help` prints. */
export function commandHelp(name: string, command: CommandDefinition): string {
  const options = Object.entries(command.options).map(([option, { value, multiple, description }]) => [
    `--${option}${value === undefined ? "" : ` ${value}`}${multiple ? " ..." : ""}`,
    description,
  ]);
  return [
    command.summary,
    "",
    usageOf(name, command),
    "",
    ...columns([...options, ["--help", "This."]]),
    "",
  ].join("\n");
}

/** `Usage: platform prove [OPTIONS]`. */
export function usageOf(name: string, command: CommandDefinition): string {
  return ["Usage: platform", name, command.arguments, "[OPTIONS]"].filter((word) => word !== "").join(" ");
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(10, ...rows.map(([left = ""]) => left.length));
  return rows.map(([left = "", right = ""]) => `  ${left.padEnd(width)}  ${right}`);
}
