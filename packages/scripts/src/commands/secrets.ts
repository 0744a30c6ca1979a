import { InputError, nearest } from "@t495/proof";
import type { CommandAction, CommandInput } from "../command.ts";

interface Subcommand {
  /** How many arguments come after its name, at least and at most. */
  readonly takes: readonly [number, number];
  readonly usage: string;
  readonly options: readonly string[];
  readonly load: () => Promise<{ readonly run: CommandAction }>;
}

const CLUSTER = ["kubeconfig", "context"];

const subcommands: Readonly<Record<string, Subcommand>> = {
  list: {
    takes: [0, 0],
    usage: "list",
    options: ["profile", ...CLUSTER, "format", "output"],
    load: () => import("../secrets/list.ts"),
  },
  rotate: {
    takes: [1, Number.POSITIVE_INFINITY],
    usage: "rotate NAME [KEY...]",
    options: ["profile", ...CLUSTER, "accept-loss", "dry-run", "yes"],
    load: () => import("../secrets/rotate.ts"),
  },
  export: {
    takes: [0, 0],
    usage: "export",
    options: ["profile", ...CLUSTER, "recipient", "passphrase-file", "output"],
    load: () => import("../secrets/export.ts"),
  },
  import: {
    takes: [1, 1],
    usage: "import FILE",
    options: [...CLUSTER, "identity-file", "passphrase-file", "dry-run", "yes"],
    load: () => import("../secrets/import.ts"),
  },
  template: {
    takes: [0, 0],
    usage: "template",
    options: ["profile", "format", "store", "output"],
    load: () => import("../secrets/template.ts"),
  },
};

/** `platform secrets`: one of its own commands. */
export const run: CommandAction = async (input) => {
  const [word, ...words] = input.arguments;
  const subcommand = find(word);
  requireFitting(subcommand, words, input);
  return (await subcommand.load()).run({ ...input, arguments: words });
};

function find(word: string | undefined): Subcommand {
  const known = Object.keys(subcommands);
  const found = word !== undefined && Object.hasOwn(subcommands, word) ? subcommands[word] : undefined;
  if (found !== undefined) return found;
  const meant = word === undefined ? undefined : nearest(word, known);
  throw new InputError({
    what: word === undefined ? "secrets needs a command" : `secrets has no command ${word}`,
    fix: meant === undefined ? `write one of ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}

function requireFitting(
  { takes: [fewest, most], usage, options }: Subcommand,
  words: readonly string[],
  input: CommandInput,
): void {
  if (words.length < fewest || words.length > most)
    throw new InputError({
      what:
        words.length < fewest ? "an argument is missing" : `${JSON.stringify(words[most])} is one too many`,
      fix: `platform secrets ${usage}`,
    });
  const foreign = input.options.names().find((name) => !options.includes(name));
  if (foreign !== undefined)
    throw new InputError({
      what: `platform secrets ${usage} does not take --${foreign}`,
      fix: `it takes ${options.map((name) => `--${name}`).join(", ")}`,
    });
}
