/** The vocabulary of `cli.ts`: what a command is, declared apart from what it does. */

export interface OptionDefinition {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  /** How help names the value: `FILE`. */
  readonly value?: string;
  readonly description: string;
}

export interface CommandDefinition {
  readonly summary: string;
  /** How help writes the positional arguments: `[FILE...|-]`; empty when there are none. */
  readonly arguments: string;
  readonly maxArguments: number;
  readonly options: Readonly<Record<string, OptionDefinition>>;
  /** Imported only when the command runs, so that starting one does not load the others. */
  readonly load: () => Promise<{ readonly run: CommandAction }>;
}

/** What a command may read of the outside, and where it writes. */
export interface CommandInput {
  readonly arguments: readonly string[];
  readonly options: OptionValues;
  /** The repository's folder, with a trailing slash. */
  readonly root: string;
  /** Every command, for what is written about them. */
  readonly commands: Readonly<Record<string, CommandDefinition>>;
}

/** Returns the exit code. */
export type CommandAction = (input: CommandInput) => Promise<number>;

/** Values of options, already checked against the command's definition. */
export class OptionValues {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /** Whether a boolean option was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The last value given; undefined when there is none. */
  value(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  /** Every value given, in order. */
  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}
