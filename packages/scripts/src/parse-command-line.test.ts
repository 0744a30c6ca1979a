import { describe, expect, test } from "@jest/globals";
import type { CommandDefinition } from "./command.ts";
import { parseCommandLine } from "./parse-command-line.ts";

const command: CommandDefinition = {
  summary: "",
  arguments: "[FILE]",
  maxArguments: 1,
  options: {
    format: { type: "string", value: "FORMAT", description: "" },
    rule: { type: "string", multiple: true, value: "ID", description: "" },
    thorough: { type: "boolean", description: "" },
  },
  load: () => Promise.reject(new Error("never loaded")),
};
const parse = (...words: string[]) => parseCommandLine("prove", command, words);

describe("what it reads", () => {
  test("options with a space or an equals sign, repeated ones in order, and the rest", () => {
    const {
      arguments: rest,
      options,
      help,
    } = parse("--rule", "a", "-", "--format=json", "--rule=b", "--thorough");
    expect(rest).toEqual(["-"]);
    expect(options.value("format")).toBe("json");
    expect(options.values("rule")).toEqual(["a", "b"]);
    expect(options.has("thorough")).toBe(true);
    expect(help).toBe(false);
  });

  test("nothing when nothing is given", () => {
    const { arguments: rest, options } = parse();
    expect(rest).toEqual([]);
    expect(options.value("format")).toBeUndefined();
    expect(options.values("rule")).toEqual([]);
    expect(options.has("thorough")).toBe(false);
  });

  test("a value may begin with a dash when it is joined, and - is standard input", () => {
    expect(parse("--format=-x").options.value("format")).toBe("-x");
    expect(parse("--format", "-").options.value("format")).toBe("-");
  });

  test("everything after -- is an argument", () => {
    expect(parse("--", "--format").arguments).toEqual(["--format"]);
  });

  test.each(["--help", "-h"])("%s", (word) => {
    expect(parse(word, "too", "many").help).toBe(true);
  });
});

describe("what it refuses", () => {
  test.each<[string[], string, string]>([
    [["--formt", "json"], "prove has no option --formt", "did you mean --format?"],
    [["--zzz"], "prove has no option --zzz", "`platform prove --help` lists its options"],
    [["-x"], "prove has no option -x", "`platform prove --help` lists its options"],
    [["--toString"], "prove has no option --toString", "`platform prove --help` lists its options"],
    [["--format"], "--format needs a value", "write --format FORMAT"],
    [["--format="], "--format needs a value", "write --format FORMAT"],
    [["--format", "--thorough"], "--format needs a value", "write --format FORMAT"],
    [["--format", "json", "--format", "sarif"], "--format is given twice", "give it once"],
    [["--thorough=yes"], "--thorough takes no value", "write --thorough alone"],
    [["a.yaml", "b.yaml"], 'prove does not take "b.yaml"', "`platform prove --help` shows what it takes"],
  ])("%j", (words, what, fix) => {
    expect(() => parse(...words)).toThrow(expect.objectContaining({ name: "InputError", what, fix }));
  });
});
