import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type CliOptions, type CliResult, runCli } from "./run-cli.ts";

const FIXTURES = fileURLToPath(new URL("../../proof/fixtures/", import.meta.url));
const PLAN = join(FIXTURES, "plan.yaml");

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: store
  namespace: data
  annotations: { argocd.argoproj.io/sync-wave: "nine" }
spec:
  selector: { app.kubernetes.io/name: store }
  ports: [{ port: 80 }]
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "platform-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (line: string, options: CliOptions = {}): Promise<CliResult> =>
  runCli(
    line.split(" ").filter((word) => word !== ""),
    { cwd: folder, ...options },
  );

describe("what people read", () => {
  test.each(["help", "help prove", "check --help", "help doctor", "help secrets", "explain exceptions"])(
    "platform %s",
    async (line) => {
      const { code, stdout, stderr } = await run(line);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatchSnapshot();
    },
  );

  test("platform check - --rule valid-wave", async () => {
    const { code, stdout, stderr } = await run("check - --rule valid-wave", { stdin: SERVICE });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatchSnapshot();
  });

  test("platform check - --rule valid-wave, at 60 columns in ASCII", async () => {
    const { stdout } = await run("check - --rule valid-wave", {
      stdin: SERVICE,
      columns: 60,
      env: { LC_ALL: "C" },
    });
    expect(stdout).toMatchSnapshot();
  });

  test("platform --version", async () => {
    expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("platform explain lists every rule", async () => {
    const { code, stdout } = await run("explain");
    expect(code).toBe(0);
    for (const id of ["quota-fits", "valid-address", "order-before-use", "pod-security", "exceptions"]) {
      expect(stdout).toContain(`  ${id} `);
    }
  });
});

describe("check", () => {
  const json = async (line: string, options?: CliOptions) =>
    JSON.parse((await run(`check ${line} --format json`, options)).stdout);

  test("without a plan lists what it could not check", async () => {
    const proof = await json("-", { stdin: SERVICE });
    expect(proof).toMatchObject({ schemaVersion: 1, profile: null, ok: false, counts: { objects: 1 } });
    expect(proof.unchecked.length).toBeGreaterThan(0);
  });

  test("takes the plan from --plan, and files as well as standard input", async () => {
    writeFileSync(join(folder, "one.yaml"), SERVICE);
    writeFileSync(join(folder, "two.yaml"), SERVICE.replaceAll("store", "other"));
    const proof = await json(`one.yaml two.yaml --plan ${PLAN}`);
    expect(proof).toMatchObject({ profile: "fixture", counts: { objects: 2 } });
    expect(proof.findings.map(({ source }: { source: { file: string } | null }) => source?.file)).toEqual(
      expect.arrayContaining(["one.yaml", "two.yaml"]),
    );
  });

  test.each([
    ["nothing at all", ""],
    ["empty documents only", "---\n# nothing\n---\n"],
    ["an empty List", "apiVersion: v1\nkind: List\nitems: []\n"],
  ])("%s is bad input: what was to write it has failed", async (_, stdin) => {
    const { code, stdout, stderr } = await run("check -", { stdin });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^error: there is not one object to check\n {2}at: {2}standard input\n {2}fix: run the/,
    );
  });

  test("empty documents and files among others are no matter", async () => {
    writeFileSync(join(folder, "empty.yaml"), "# nothing\n");
    writeFileSync(join(folder, "service.yaml"), `---\n\n---\n${SERVICE}---\n`);
    expect((await json("empty.yaml service.yaml")).counts.objects).toBe(1);
    const { code, stderr } = await run("check empty.yaml");
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("at:  empty.yaml") });
  });

  test("a key that is written twice is found, wherever its value went", async () => {
    const stdin = SERVICE.replace("kind: Service\n", "kind: Service\nkind: Service\n");
    const { findings } = await json("- --rule valid-object", { stdin });
    expect(findings).toMatchObject([
      { code: "duplicate-key", path: "kind", actual: "line 3", object: { kind: "Service", name: "store" } },
    ]);
  });

  test("a name cannot steer the terminal", async () => {
    const stdin = SERVICE.replace("name: store", 'name: "st\\e[2Jore\\n✓ all fits"');
    const { code, stdout } = await run("check - --rule valid-wave", { stdin });
    expect(code).toBe(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]|^✓/m);
    expect(stdout).toContain("st\\x1b[2Jore ✓ all fits");
  });

  test("the verdict counts what was not checked", async () => {
    const stdin = "{apiVersion: example.org/v1, kind: Thing, metadata: {name: a, namespace: default}}";
    const { code, stdout } = await run("check -", { stdin });
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toMatch(/^✓ These manifests pass: no findings, \d+ unchecked \(1 object/);
  });

  test("a byte order mark inside the stream, as `cat` leaves it, is no matter", async () => {
    const stdin = `\ufeff${SERVICE}---\n\ufeff${SERVICE.replaceAll("store", "other")}`;
    expect((await json("-", { stdin })).counts.objects).toBe(2);
  });

  test.each(["sarif", "junit", "markdown"])("--format %s", async (format) => {
    const { code, stdout } = await run(`check - --format ${format}`, { stdin: SERVICE });
    expect(code).toBe(1);
    expect(stdout).toContain("valid-wave");
  });

  test("--output writes the file and nothing else", async () => {
    const { code, stdout } = await run("check - --format json --output proof.json", { stdin: SERVICE });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(JSON.parse(readFileSync(join(folder, "proof.json"), "utf8"))).toMatchObject({ schemaVersion: 1 });
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

describe("render", () => {
  test("one component is what Argo CD renders for it", async () => {
    const { code, stdout, stderr } = await run("render --component postgresql");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("kind: StatefulSet");
    expect(stdout).not.toContain("kind: Namespace");
  }, 30_000);

  test("--set changes a value, as Helm's does", async () => {
    const { stdout } = await run("render --component foundation --set global.node.maxPods=77");
    expect(stdout).toContain("maxPods: 77");
  }, 30_000);

  test("a component that does not exist is bad input with the nearest", async () => {
    const { code, stdout, stderr } = await run("render --component postgres --output rendered.yaml");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe("error: there is no component postgres\n  fix: did you mean postgresql?\n");
    expect(readdirSync(folder)).not.toContain("rendered.yaml");
  }, 30_000);
});

describe("tools", () => {
  test("names the Helm that renders, its version and the reason", async () => {
    const { code, stdout } = await run("tools --format json");
    expect(code).toBe(0);
    const { helm } = JSON.parse(stdout);
    expect(helm.version).toMatch(/^\d+\.\d+/);
    expect((await run("tools")).stdout).toContain(`helm        ${helm.version} at ${helm.path}`);
  });
});

describe("tables of foreign manifests", () => {
  test.each([
    ["budget", "namespace"],
    ["addresses", "address"],
    ["order", "Service"],
    ["images", "No pod names an image."],
  ])("platform %s -", async (command, text) => {
    const { code, stdout } = await run(`${command} - --plan ${PLAN}`, { stdin: SERVICE });
    expect(code).toBe(0);
    expect(stdout).toContain(text);
    expect(
      Array.isArray(JSON.parse((await run(`${command} - --format json`, { stdin: SERVICE })).stdout)),
    ).toBe(command !== "budget");
  });
});

describe("bad input: at most three lines, exit 2, nothing written", () => {
  test.each<[string, string, string | undefined]>([
    ["prvoe", "there is no command prvoe", "did you mean prove?"],
    ["deploy", "there is no command deploy", "`platform help` lists every command"],
    ["help chekc", "there is no command chekc", "did you mean check?"],
    ["prove --profle x", "prove has no option --profle", "did you mean --profile?"],
    ["prove extra", 'prove does not take "extra"', "`platform prove --help` shows what it takes"],
    ["prove --rule quota-fit", "there is no rule quota-fit", "did you mean quota-fits?"],
    ["prove --format yml", "there is no format yml", "write one of pretty, json, sarif, junit, markdown"],
    ["explain valid-wav", "there is no rule valid-wav", "did you mean valid-wave?"],
    ["check nothing.yaml", "there is no such file", undefined],
    ["check .", "this is a folder", "name its files: ./*.yaml"],
    ["check - --plan nothing.yaml", "there is no such file", undefined],
    ["budget - --format sarif", "there is no format sarif", "write one of pretty, json"],
    ["bench --runs 3", "--runs 3 is not a number of runs", "write 10 or more"],
  ])("platform %s", async (line, what, fix) => {
    const { code, stdout, stderr } = await run(line, { stdin: SERVICE });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const lines = stderr.trimEnd().split("\n");
    expect(lines[0]).toBe(`error: ${what}`);
    if (fix !== undefined) expect(lines.at(-1)).toBe(`  fix: ${fix}`);
    expect(lines.length).toBeLessThanOrEqual(3);
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  });

  test("an unknown profile is not rendered", async () => {
    const { code, stdout, stderr } = await run("prove --profile t459 --output proof-of-nothing.json");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("t459");
    expect(stderr).toContain("t495");
    expect(readdirSync(folder)).not.toContain("proof-of-nothing.json");
  });

  test("broken YAML is found by file, document, line and column", async () => {
    const { code, stdout, stderr } = await run("check -", { stdin: `${SERVICE}---\na: [1\nb: 2\n` });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/document 2/);
    expect(stderr).toMatch(/line 1[123]/);
    expect(stderr).toMatch(/column \d+/);
  });

  test("a file that cannot be written is named, and no half of it is left", async () => {
    const { code, stderr } = await run("check - --output missing/proof.json --format json", {
      stdin: SERVICE,
    });
    expect(code).toBe(2);
    expect(stderr).toContain("missing/proof.json");
  });
});

test("a reader that goes away early is no error", async () => {
  const { spawn } = await import("node:child_process");
  const many = Array.from({ length: 800 }, (_, at) => SERVICE.replaceAll("store", `store-${at}`)).join(
    "---\n",
  );
  writeFileSync(join(folder, "many.yaml"), many);
  const launcher = fileURLToPath(new URL("../bin/platform.mjs", import.meta.url));
  const child = spawn(process.execPath, [launcher, "check", join(folder, "many.yaml")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
}, 30_000);
