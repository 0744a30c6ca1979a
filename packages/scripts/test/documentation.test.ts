import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { commands } from "../src/definitions/commands.ts";
import { brokenReferences, readPages, unreachablePages } from "./documentation.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const INDEX = "docs/README.md";
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const known = { commands, scripts };

describe("this repository", () => {
  const pages = readPages(ROOT);

  test("links, named files and commands lead somewhere", () => {
    expect(pages.size).toBeGreaterThan(30);
    expect(brokenReferences(ROOT, pages, known)).toEqual([]);
  });

  test("each page of docs/ is reached from its index", () => {
    expect(unreachablePages(pages, INDEX, "docs")).toEqual([]);
  });

  test("the README leads to the index", () => {
    expect(pages.get("README.md")?.links.map(({ url }) => url)).toContain(INDEX);
  });

  test("each enabled component has its page", () => {
    const values = parse(readFileSync(join(ROOT, "charts/platform-umbrella/values.yaml"), "utf8"));
    const enabled = Object.entries<{ enabled: boolean }>(values.global.components)
      .filter(([, component]) => component.enabled)
      .map(([name]) => name);
    expect(enabled.length).toBeGreaterThan(10);
    expect(enabled.filter((name) => !pages.has(`docs/components/${name}.md`))).toEqual([]);
  });
});

describe("what is found", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "platform-pages-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const problems = (text: string): string[] => {
    write("page.md", text);
    return brokenReferences(root, readPages(root), known);
  };

  test.each([
    ["a file that is not there", "[a](docs/b.md)", "docs/b.md: there is no docs/b.md"],
    ["a picture", "![a](b.png)", "b.png: there is no b.png"],
    ["a definition", "[a]\n\n[a]: b.md", "b.md: there is no b.md"],
    ["HTML", '<a href="b.md">b</a>', "b.md: there is no b.md"],
    ["a link in a table", "| a |\n| --- |\n| [b](c.md) |", "c.md: there is no c.md"],
    ["a heading of the page", "# One\n\n[a](#two)", "#two: there is no heading #two"],
    ["a heading of another page", "[a](other.md#three)", "other.md#three: there is no heading #three"],
    ["a way out of the repository", "[a](../x.md)", "../x.md leads out of the repository"],
    ["an address that is none", "[a](https://)", "https:// is no address"],
    ["a file that a sentence names", "Read `docs/none.md`.", "there is no docs/none.md"],
    ["a script that is run", "```sh\nsh node/none.sh\n```", "there is no node/none.sh"],
    ["a command", "```sh\ncorepack pnpm platform prvoe\n```", "platform has no command prvoe"],
    ["a command in a sentence", "Run `platform prvoe`.", "platform has no command prvoe"],
    ["an option", "```sh\ncorepack pnpm platform check - --plna x\n```", "check has no option --plna"],
    ["an option of a short form", "`corepack pnpm prove [--thorogh]`", "prove has no option --thorogh"],
    ["the value of an option", "`platform prove --profile`", "--profile needs a value"],
    ["an argument too much", "`corepack pnpm prove x.yaml`", 'prove does not take "x.yaml"'],
    [
      "a second program of a line",
      "```sh\nhelm template x | corepack pnpm --silent platform chek -\n```",
      "platform has no command chek",
    ],
    [
      "a program behind a variable",
      "```sh\nCI=1 corepack pnpm platform tols\n```",
      "platform has no command tols",
    ],
    [
      "a line that goes on",
      "```sh\ncorepack pnpm platform prove \\\n  --profil x\n```",
      "prove has no option --profil",
    ],
    ["an indented block", "So:\n\n    corepack pnpm platform ordre", "platform has no command ordre"],
    ["pnpm without corepack", "```sh\npnpm prove\n```", "corepack is missing before pnpm: pnpm prove"],
    [
      "pnpm with arguments in a sentence, without corepack",
      "Run `pnpm platform budget`.",
      "corepack is missing before pnpm: pnpm platform budget",
    ],
    [
      "a file that begins with pnpm's own line",
      "```sh\ncorepack pnpm platform render > all.yaml\n```",
      "without --silent, pnpm's own line is in the output: corepack pnpm platform render > all.yaml",
    ],
    ["a script", "`pnpm test:prorgams`", "package.json has no script test:prorgams"],
  ])("%s", (_, text, problem) => {
    write("other.md", "# Two\n");
    expect(problems(text).map((found) => found.replace(/^page\.md:\d+: /, ""))).toEqual([problem]);
  });

  test.each([
    [
      "headings as GitHub names them",
      "# `a-b`: the *first* one\n\n# Twice\n\n# Twice\n\n[a](#a-b-the-first-one) [b](#twice-1)",
    ],
    ["a folder, and a heading of its README", "[a](docs) [a](docs#index)"],
    ["an address", "[a](https://example.org/x#y) <mailto:a@example.org>"],
    ["placeholders", "`platform COMMAND --help`, `docs/components/<name>.md`, `charts/*/values.yaml`"],
    [
      "usage with alternatives",
      "| a |\n| --- |\n| `corepack pnpm prove [--profile NAME\\|FILE] [--format json]` |",
    ],
    [
      "a value with an equals sign, and one to fill in",
      "`platform render [--set KEY=VALUE] --component <its name>`",
    ],
    [
      "a comment, a pipe and a file",
      "```sh\ncorepack pnpm --silent prove | tee x 2>&1  # platform nothing\n```",
    ],
    ["output", "```text\nplatform nothing\n```"],
    [
      "pnpm's own",
      "`corepack pnpm install --frozen-lockfile`, `corepack pnpm --silent platform help prove`, `pnpm test`",
    ],
  ])("not: %s", (_, text) => {
    write("docs/README.md", "# Index\n");
    expect(problems(text)).toEqual([]);
  });

  test("the line is named", () => {
    expect(problems("# A\n\nb\n\n```sh\ncorepack pnpm nothing\n```")).toEqual([
      "page.md:6: package.json has no script nothing",
    ]);
  });

  test("a page that nothing links to", () => {
    write("docs/README.md", "[a](a.md#x)\n");
    write("docs/a.md", "[b](../b.md)\n");
    write("b.md", "[c](docs/c%20c.md)\n");
    write("docs/c c.md", "");
    write("docs/lost.md", "[a](a.md)\n");
    expect(unreachablePages(readPages(root), INDEX, "docs")).toEqual(["docs/lost.md"]);
  });
});
