import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { InputError } from "../errors.ts";
import { type FindHelmOptions, findHelm, type Helm } from "./find-helm.ts";
import { HELM_VERSION } from "./versions.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "find-helm-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** A program that answers `helm version` and counts how often it was asked. */
async function fakeHelm(path: string, script: string): Promise<string> {
  const program = join(directory, path);
  await mkdir(join(program, ".."), { recursive: true });
  await writeFile(program, `#!/bin/sh\necho asked >> ${program}.log\n${script}\n`);
  await chmod(program, 0o755);
  return program;
}

const printing = (version: string): string => `echo ${version}`;

function find(env: Record<string, string>, install: FindHelmOptions["install"] = refuse): Promise<Helm> {
  return findHelm({ env: { PATH: "", ...env }, cacheDirectory: join(directory, "cache"), install });
}

async function refuse(): Promise<never> {
  throw new InputError({ what: "Helm is missing and could not be installed.", fix: "Install it." });
}

describe("findHelm takes", () => {
  test("HELM_BIN before anything on PATH", async () => {
    await fakeHelm("bin/helm", printing("v4.2.1"));
    const named = await fakeHelm("other/my-helm", printing("v4.2.9"));
    const helm = await find({ HELM_BIN: named, PATH: join(directory, "bin") });
    expect(helm).toEqual({ path: named, version: "4.2.9", reason: "HELM_BIN names it" });
  });

  test.each(["v3.22.0", "v3.22.4", "v4.0.0", "v4.3.1", "v5.0.0"])(
    "HELM_BIN of version %s, with a remark",
    async (version) => {
      const named = await fakeHelm("helm", printing(version));
      const helm = await find({ HELM_BIN: named });
      expect(helm.version).toBe(version.slice(1));
      expect(helm.reason).toContain("Argo CD renders with Helm 4.2");
    },
  );

  test.each(["v4.2.1", "v4.2.30", "v4.2", "v4.2.1+gabcdef"])("a Helm %s on PATH", async (version) => {
    const path = await fakeHelm("bin/helm", printing(version));
    const helm = await find({ PATH: `${directory}/nothing:${directory}/bin` });
    expect(helm.path).toBe(path);
    expect(helm.version).toMatch(/^4\.2/);
  });

  test("the tool cache when PATH holds another minor version", async () => {
    await fakeHelm("bin/helm", printing("v4.3.0"));
    const cached = await fakeHelm(`cache/tools/helm-${HELM_VERSION}/helm`, "exit 1");
    expect(await find({ PATH: join(directory, "bin") })).toEqual({
      path: cached,
      version: HELM_VERSION,
      reason: "it is the pinned version, installed in the tool cache",
    });
  });

  test("what it installs when there is nothing else", async () => {
    await fakeHelm("bin/helm", "echo broken >&2; exit 1");
    const helm = await find({ PATH: join(directory, "bin") }, async (tools) => ({
      path: join(tools, "helm"),
      how: "downloaded",
    }));
    expect(helm).toEqual({
      path: join(directory, "cache", "tools", "helm"),
      version: HELM_VERSION,
      reason: "it is the pinned version, just downloaded",
    });
  });
});

describe("findHelm reads a version", () => {
  test("once, as long as the program stays the same", async () => {
    const named = await fakeHelm("helm", printing("v4.2.1"));
    await find({ HELM_BIN: named });
    await find({ HELM_BIN: named });
    expect(await readFile(`${named}.log`, "utf8")).toBe("asked\n");
    await writeFile(named, `#!/bin/sh\necho v4.2.7\n`);
    await utimes(named, 1, 1);
    expect((await find({ HELM_BIN: named })).version).toBe("4.2.7");
  });

  test("again when its memory is damaged", async () => {
    const named = await fakeHelm("helm", printing("v4.2.1"));
    await find({ HELM_BIN: named });
    await writeFile(join(directory, "cache", "helm-versions.json"), '{"a": ');
    expect((await find({ HELM_BIN: named })).version).toBe("4.2.1");
  });

  test("from the module that Go built, when Helm prints no patch", async () => {
    const module = "mod\\thelm.sh/helm/v4\\tv4.2.3\\th1:abc=";
    const named = await fakeHelm("helm", `echo v4.2; exit 0\n${module.replaceAll("\\t", "\t")}`);
    expect((await find({ HELM_BIN: named })).version).toBe("4.2.3");
  });

  test("without the person's own Helm settings", async () => {
    const named = await fakeHelm("helm", 'test -z "$HELM_DEBUG$KUBECONFIG" && echo v4.2.1');
    const helm = await find({ HELM_BIN: named, HELM_DEBUG: "true", KUBECONFIG: "/nowhere" });
    expect(helm.version).toBe("4.2.1");
  });
});

describe("findHelm refuses", () => {
  test.each<[string, string | undefined, string]>([
    ["a name that is no file", undefined, "there is no program of that name"],
    ["a program that fails", "echo no such thing >&2; exit 3", "it does not run as Helm (no such thing)"],
    ["a program that is not Helm", "echo hello", "it does not run as Helm (hello)"],
    ["a silent program", "exit 0", "it does not run as Helm (it printed no version)"],
    ["Helm 2", printing("v2.17.0"), "Helm 2.17.0 is too old"],
    ["an older Helm 3", printing("v3.21.9"), "Helm 3.21.9 is too old, 3.22.0 is the oldest"],
  ])("HELM_BIN that is %s", async (_, script, what) => {
    const named = script === undefined ? join(directory, "absent") : await fakeHelm("helm", script);
    await expect(find({ HELM_BIN: named })).rejects.toMatchObject({
      name: "InputError",
      what: expect.stringContaining(what),
      where: named,
      fix: expect.stringContaining("unset it"),
    });
  });

  test("HELM_BIN that is not executable, or a folder", async () => {
    const file = join(directory, "helm");
    await writeFile(file, "");
    await expect(find({ HELM_BIN: file })).rejects.toThrow("no program");
    await expect(find({ HELM_BIN: directory })).rejects.toThrow("no program");
  });

  test("to go on without Helm, and says why the one on PATH was not taken", async () => {
    const path = await fakeHelm("bin/helm", printing("v3.9.0"));
    await expect(find({ PATH: join(directory, "bin") })).rejects.toMatchObject({
      what: `Helm is missing and could not be installed. ${path} is Helm 3.9.0, and Argo CD renders with 4.2.`,
      fix: "Install it.",
    });
    await expect(find({})).rejects.toMatchObject({ what: "Helm is missing and could not be installed." });
  });
});
