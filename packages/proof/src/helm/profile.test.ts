import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { listProfiles, type ProfileFolders, resolveProfile } from "./profile.ts";

let cwd: string;
let folders: ProfileFolders;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "profile-"));
  folders = { chart: join(cwd, "charts", "umbrella"), cwd };
  await mkdir(join(folders.chart, "profiles"), { recursive: true });
  await writeFile(join(folders.chart, "profiles", "t495.yaml"), "# the default: nothing differs\n");
  await writeFile(join(folders.chart, "profiles", "small-16gb.yaml"), "global: {profile: small-16gb}\n");
  await writeFile(join(folders.chart, "profiles", "README.md"), "");
  await writeFile(join(cwd, "mine.yaml"), "global: {profile: mine}\n");
});

afterEach(async () => {
  await rm(cwd, { recursive: true });
});

describe("resolveProfile finds", () => {
  test.each([
    ["a name", "small-16gb", "charts/umbrella/profiles/small-16gb.yaml"],
    ["a profile of comments alone", "t495", "charts/umbrella/profiles/t495.yaml"],
    ["a file of the working directory", "mine.yaml", "mine.yaml"],
    ["a path from the working directory", "./mine.yaml", "mine.yaml"],
    [
      "a path from the umbrella, as Argo CD writes it",
      "profiles/t495.yaml",
      "charts/umbrella/profiles/t495.yaml",
    ],
  ])("%s", async (_, given, file) => {
    const profile = await resolveProfile(given, folders);
    expect(profile.file).toBe(join(cwd, file));
    expect(profile.name).toBe(file.replace(/^.*\//, "").replace(".yaml", ""));
  });

  test("an absolute path", async () => {
    const file = join(cwd, "mine.yaml");
    expect(await resolveProfile(file, folders)).toEqual({ name: "mine", file });
  });

  test("the profiles there are", async () => {
    expect(await listProfiles(folders.chart)).toEqual(["small-16gb", "t495"]);
    expect(await listProfiles(join(cwd, "nothing"))).toEqual([]);
  });
});

describe("resolveProfile refuses", () => {
  test.each([
    [
      "a name with a typo",
      "smal-16gb",
      'There is no profile "smal-16gb"; small-16gb is meant?',
      "Choose one of small-16gb, t495",
    ],
    ["an unknown name", "laptop", 'There is no profile "laptop"', "Choose one of small-16gb, t495"],
    ["an empty name", "", 'There is no profile ""', "Choose one of"],
    ["a path that leads nowhere", "profiles/none.yaml", "there is no such file", "Check the path"],
    ["an absolute path that leads nowhere", "/no/such.yaml", "there is no such file", "Check the path"],
    ["a folder", "charts/umbrella", "it is a folder", "Check the path"],
    ["a path through a file", "mine.yaml/x.yaml", "a part of its path is no folder", "Check the path"],
  ])("%s", async (_, given, what, fix) => {
    await expect(resolveProfile(given, folders)).rejects.toMatchObject({
      name: "InputError",
      what: expect.stringContaining(what),
      where: expect.stringContaining("/"),
      fix: expect.stringContaining(fix),
    });
  });

  test.each([
    ["broken YAML", "a: [\n", /not valid YAML/, /bad\.yaml, line 2, column 1$/],
    ["a list", "- a\n", /is a mapping, and this is none/, /bad\.yaml$/],
    ["a text", "hello\n", /is a mapping, and this is none/, /bad\.yaml$/],
    ["two documents", "a: 1\n---\nb: 1\n", /this holds 2/, /bad\.yaml$/],
    [
      "null under global",
      "global: {a: {b: null, c: [1, ~]}}\nother: null\n",
      /^null under global: global\.a\.b, global\.a\.c\[1\]\.$/,
      /bad\.yaml$/,
    ],
    ["null for all of global", "global:\n", /^null under global: global\.$/, /bad\.yaml$/],
  ])("%s", async (_, content, what, where) => {
    await writeFile(join(cwd, "bad.yaml"), content);
    await expect(resolveProfile("bad.yaml", folders)).rejects.toMatchObject({
      name: "InputError",
      what: expect.stringMatching(what),
      where: expect.stringMatching(where),
    });
  });
});
