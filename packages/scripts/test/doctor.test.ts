import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type CliOptions, type CliResult, runCli } from "./run-cli.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "platform-doctor-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (line: string, options: CliOptions = {}): Promise<CliResult> =>
  runCli(line.split(" "), { cwd: folder, ...options });

const NODE = {
  metadata: { name: "t495" },
  status: {
    nodeInfo: { kubeletVersion: "v1.36.3+k3s1" },
    capacity: { cpu: "8", memory: "39680Mi", "ephemeral-storage": "440Gi", pods: "110" },
    allocatable: { cpu: "7500m", memory: "37824Mi", "ephemeral-storage": "340Gi", pods: "110" },
  },
};
const facts = (node: object): string => {
  writeFileSync(join(folder, "facts.json"), JSON.stringify({ node: { value: node } }));
  return "doctor --facts facts.json";
};

test("judges recorded facts, and lists what nobody asked", async () => {
  const { code, stdout, stderr } = await run(`${facts(NODE)} --format json`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const diagnosis = JSON.parse(stdout);
  expect(diagnosis).toMatchObject({ schemaVersion: 1, profile: "t495", ok: true, findings: [] });
  expect(diagnosis.unchecked[0].reason).toBe("facts.json does not hold configz");
}, 30_000);

test("a node with less than planned is a finding", async () => {
  const capacity = { ...NODE.status.capacity, memory: "32Gi" };
  const { code, stdout } = await run(facts({ ...NODE, status: { ...NODE.status, capacity } }));
  expect(code).toBe(1);
  expect(stdout).toContain("it has 32 Gi of memory; the plan gives away 38.75 Gi");
}, 30_000);

test("asks kubectl, and never for a Secret's value", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const asked = join(folder, "asked");
  writeFileSync(
    join(bin, "kubectl"),
    `#!/bin/sh\nprintf '%s\\n' "$*" >>${asked}\ncase "$*" in\n*"get node t495"*) echo '${JSON.stringify(NODE)}' ;;\n*secrets*) echo 'data/redis password admin-password' ;;\n*configz*) echo 'Error from server (Forbidden): it is forbidden: User me cannot get it' >&2; exit 1 ;;\n*) echo 'Error from server (NotFound): the server could not find the requested resource' >&2; exit 1 ;;\nesac\n`,
    { mode: 0o755 },
  );
  const env = { PATH: `${bin}:${process.env.PATH}` };
  const { code, stdout } = await run(
    "doctor --kubeconfig mine --context home --record recorded.json --format json",
    {
      env,
    },
  );
  expect(code).toBe(1);
  const { findings, unchecked } = JSON.parse(stdout);
  expect(findings.map(({ object }: { object: string }) => object)).not.toContain("Secret data/redis");
  expect(unchecked[0].reason).toBe(
    "the cluster refuses: Error from server (Forbidden): it is forbidden: User me cannot get it",
  );
  expect(JSON.parse(readFileSync(join(folder, "recorded.json"), "utf8")).secretKeys).toEqual({
    value: { "data/redis": ["password", "admin-password"] },
  });
  const lines = readFileSync(asked, "utf8").trimEnd().split("\n");
  for (const line of lines)
    expect(line).toMatch(/^get .* --request-timeout=20s --kubeconfig mine --context home$/);
  const secrets = lines.filter((line) => line.includes("secrets"));
  expect(secrets).toEqual([expect.stringContaining("range $key, $value := .data}} {{$key}}{{end}}")]);
}, 30_000);

test("a cluster that may be read in part is not judged", async () => {
  const bin = join(folder, "partly");
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\ncase "$*" in\n*"get node t495"*) echo '${JSON.stringify(NODE)}' ;;\n*networkpolicies*) echo 'Error from server (Forbidden): it is forbidden: User me cannot get it' >&2; exit 1 ;;\n*) echo '{}' ;;\nesac\n`;
  writeFileSync(join(bin, "kubectl"), script, { mode: 0o755 });
  const { code, stdout, stderr } = await run("doctor", { env: { PATH: `${bin}:${process.env.PATH}` } });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(
    "the cluster refuses: Error from server (Forbidden): it is forbidden: User me cannot get it",
  );
  expect(stderr).toContain("use the kubeconfig of an administrator");
}, 30_000);

test.each(["connection refused", "Unable to connect to the server: net/http: TLS handshake timeout"])(
  "a cluster that cannot be reached is bad input: %s",
  async (said) => {
    const bin = join(folder, "none");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "kubectl"), `#!/bin/sh\necho '${said}' >&2\nexit 1\n`, { mode: 0o755 });
    const { code, stdout, stderr } = await run("doctor", { env: { PATH: `${bin}:${process.env.PATH}` } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`error: the node t495 cannot be read: the cluster does not answer: ${said}\n`);
    expect(stderr).toContain("check that the node runs");
  },
  30_000,
);
