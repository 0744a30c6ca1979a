import { describe, expect, test } from "@jest/globals";
import { type TerminalFacts, terminalStyle } from "./terminal.ts";

const terminal: TerminalFacts = {
  env: { LANG: "en_US.UTF-8", TERM: "xterm" },
  isTTY: true,
  columns: 90,
  platform: "linux",
};
const styleOf = (facts: Partial<TerminalFacts>, env: Record<string, string> = {}) =>
  terminalStyle({ ...terminal, ...facts, env: { ...terminal.env, ...env } });

describe("colours", () => {
  test.each<[string, Partial<TerminalFacts>, Record<string, string>, boolean]>([
    ["on a terminal", {}, {}, true],
    ["not in a pipe", { isTTY: false }, {}, false],
    ["not on a dumb terminal", {}, { TERM: "dumb" }, false],
    ["in CI, whose logs show them", { isTTY: false }, { CI: "true" }, true],
    ["never with NO_COLOR", {}, { NO_COLOR: "1", CI: "true" }, false],
    ["an empty NO_COLOR says nothing", {}, { NO_COLOR: "" }, true],
    ["FORCE_COLOR wins", { isTTY: false }, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["FORCE_COLOR=0 is no colour", {}, { FORCE_COLOR: "0" }, false],
  ])("%s", (_title, facts, env, color) => {
    expect(styleOf(facts, env).color).toBe(color);
  });
});

describe("letters", () => {
  test.each<[Record<string, string>, boolean]>([
    [{}, true],
    [{ LANG: "C.utf8" }, true],
    [{ LANG: "C" }, false],
    [{ LANG: "" }, false],
    [{ LC_ALL: "C" }, false],
    [{ LC_ALL: "C", LC_CTYPE: "en_US.UTF-8" }, false],
    [{ LANG: "C", LC_CTYPE: "en_US.UTF-8" }, true],
  ])("%j", (env, unicode) => {
    expect(styleOf({}, env).unicode).toBe(unicode);
  });
});

describe("width", () => {
  test.each<[number | undefined, Record<string, string>, number]>([
    [90, {}, 90],
    [undefined, {}, 100],
    [undefined, { COLUMNS: "72" }, 72],
    [undefined, { COLUMNS: "wide" }, 100],
    [10, {}, 40],
    [400, {}, 120],
  ])("%p columns, %j", (columns, env, width) => {
    expect(styleOf({ columns }, env).width).toBe(width);
  });
});
