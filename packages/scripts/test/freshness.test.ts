import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Proof } from "@t495/proof";
import { RepositoryCopy } from "./repository-copy.ts";
import { runCli } from "./run-cli.ts";

const TEMPLATE = "charts/foundation/templates/priorityclasses.yaml";
const VALUES = "charts/platform-umbrella/values.yaml";
const PROFILE = "charts/platform-umbrella/profiles/t495.yaml";
const EXIT_CODE = "packages/proof/src/exit-code.ts";
const REGISTRY = "packages/proof/src/checks/registry.ts";

const STRAY_POD = `
{{- if has .Values.global.render (list "all" "foundation") }}
---
apiVersion: v1
kind: Pod
metadata: { name: stray, namespace: data }
spec: { containers: [{ name: main, image: docker.io/library/busybox }] }
{{- end }}
`;

const NEW_RULE = `
  {
    id: "always-fails",
    group: "order",
    severity: "error",
    title: "t",
    explanation: { protects: "p", incident: "i", fix: "f", source: "s" },
    codes: { failed: "f" },
    *check() {
      yield { code: "failed", message: "m", fix: "f" };
    },
  },
`;

let copy: RepositoryCopy;

beforeAll(() => {
  copy = new RepositoryCopy();
});
afterAll(() => copy.remove());

async function prove(env: Record<string, string> = {}): Promise<Proof> {
  const { stdout, stderr, code } = await runCli(["prove", "--format", "json"], {
    launcher: copy.launcher,
    env,
  });
  if (code !== 0 && code !== 1) throw new Error(stderr);
  return JSON.parse(stdout) as Proof;
}

const about = (proof: Proof, name: string) => proof.findings.filter(({ object }) => object?.name === name);

describe("a change is in the next verdict", () => {
  let before: Proof;

  beforeAll(async () => {
    before = await prove();
  }, 60_000);

  test("nothing changed: the verdict is the same", async () => {
    expect(await prove()).toEqual(before);
  }, 60_000);

  test("of a template", async () => {
    copy.write(TEMPLATE, copy.read(TEMPLATE) + STRAY_POD);
    const after = await prove();
    expect(about(before, "stray")).toEqual([]);
    expect(about(after, "stray").length).toBeGreaterThan(0);
    expect(after.counts.objects).toBe(before.counts.objects + 1);
    copy.edit(TEMPLATE, STRAY_POD, "");
  }, 60_000);

  test("of the plan in the values file", async () => {
    copy.edit(VALUES, "maxPods: 110", "maxPods: 5");
    const after = await prove();
    expect(before.budget.node?.pods.max).toBe(110);
    expect(after.budget.node?.pods.max).toBe(5);
    expect(after.findings.map(({ rule }) => rule)).toContain("node-fits");
    copy.edit(VALUES, "maxPods: 5", "maxPods: 110");
  }, 60_000);

  test("of a profile", async () => {
    const original = copy.read(PROFILE);
    copy.write(PROFILE, "global: { node: { maxPods: 6 } }\n");
    expect((await prove()).budget.node?.pods.max).toBe(6);
    copy.write(PROFILE, original);
  }, 60_000);

  test("of a rule", async () => {
    copy.edit(REGISTRY, "readonly Rule[] = [", `readonly Rule[] = [${NEW_RULE}`);
    const after = await prove();
    expect(before.rules).not.toContain("always-fails");
    expect(after.findings.map(({ rule }) => rule)).toContain("always-fails");
    expect(after.ok).toBe(false);
    copy.edit(REGISTRY, NEW_RULE, "");
  }, 60_000);

  test("of Helm's version", async () => {
    const { helm } = JSON.parse(
      (await runCli(["tools", "--format", "json"], { launcher: copy.launcher })).stdout,
    );
    const wrapper = join(copy.root, "other-helm");
    copy.write(
      "other-helm",
      `#!/bin/sh\ncase "$1" in version) echo v4.2.99 ;; *) exec "${helm.path}" "$@" ;; esac\n`,
    );
    chmodSync(wrapper, 0o755);
    expect(before.tools.helm).toBe(helm.version);
    expect((await prove({ HELM_BIN: wrapper })).tools.helm).toBe("4.2.99");
  }, 60_000);
});

test("runs side by side compile at once and all give the verdict", async () => {
  copy.write(EXIT_CODE, `${copy.read(EXIT_CODE)}\n`);
  const runs = await Promise.all(
    [1, 2, 3].map(() => runCli(["explain", "exceptions"], { launcher: copy.launcher })),
  );
  expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(3).fill({ code: 0, stderr: "" }));
  const compiled = readdirSync(join(copy.root, "node_modules/.cache/t495/compiled"));
  expect(compiled.filter((name) => name.includes("."))).toEqual([]);
}, 60_000);

describe("a change is another task for turbo", () => {
  const hashes = (env: Record<string, string> = {}): Map<string, string> => {
    const turbo = join(copy.root, "node_modules/turbo/bin/turbo");
    const dry = execFileSync(process.execPath, [turbo, "run", "test", "--dry=json"], {
      cwd: copy.root,
      encoding: "utf8",
      // The list of every input of every task.
      maxBuffer: 2 ** 28,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, T495_HELM: "4.2.1", TURBO_TELEMETRY_DISABLED: "1", ...env },
    });
    const { tasks } = JSON.parse(dry) as { tasks: { taskId: string; hash: string; command: string }[] };
    const real = tasks.filter(({ command }) => command !== "<NONEXISTENT>");
    return new Map(real.map(({ taskId, hash }) => [taskId, hash]));
  };

  let before: Map<string, string>;

  beforeAll(() => {
    before = hashes();
  }, 60_000);

  test("the same inputs are the same tasks", () => {
    expect(before.size).toBeGreaterThan(0);
    expect(hashes()).toEqual(before);
  }, 60_000);

  test.each([
    TEMPLATE,
    VALUES,
    PROFILE,
    REGISTRY,
    "packages/proof/fixtures/plan.yaml",
    "packages/proof/schemas/proof.schema.json",
    "packages/scripts/bin/compiled.mjs",
    "pnpm-lock.yaml",
  ])(
    "%s",
    (path) => {
      const original = copy.read(path);
      copy.write(path, `${original}\n`);
      const after = hashes();
      copy.write(path, original);
      expect(unchanged(before, after)).toEqual([]);
    },
    60_000,
  );

  test("Helm's version", () => {
    expect(unchanged(before, hashes({ T495_HELM: "4.2.99" }))).toEqual([]);
  }, 60_000);
});

function unchanged(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...after].filter(([task, hash]) => before.get(task) === hash).map(([task]) => task);
}
