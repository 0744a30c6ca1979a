import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Proof } from "@t495/proof";
import { followPage } from "./follow-page.ts";
import { RepositoryCopy } from "./repository-copy.ts";
import { type CliResult, runCli } from "./run-cli.ts";

const EVERY_PROFILE = ["t495", "small-16gb", "large-64gb"].flatMap((profile) => ["--profile", profile]);

let copy: RepositoryCopy;
/** The repository's own: a copy has no tools and would build another. */
let helm: string;

beforeAll(async () => {
  helm = JSON.parse((await runCli(["tools", "--format", "json"])).stdout).helm.path;
}, 300_000);

beforeEach(() => {
  copy = new RepositoryCopy();
});
afterEach(() => copy.remove());

const platform = (...words: string[]): Promise<CliResult> =>
  runCli(words, { launcher: copy.launcher, env: { HELM_BIN: helm } });

async function prove(...words: string[]): Promise<Proof[]> {
  const { stdout, stderr } = await platform("prove", "--format", "json", ...words);
  if (stdout === "") throw new Error(stderr);
  return [JSON.parse(stdout)].flat();
}

const findings = (proofs: readonly Proof[]) =>
  proofs.flatMap(({ profile, findings }) => findings.map(({ rule, code }) => `${profile}: ${rule} ${code}`));

describe("the pages, followed to the letter", () => {
  test("change a size", async () => {
    expect(await followPage(copy, "docs/how-to/change-a-size.md", helm)).toEqual([]);
    const [proof] = await prove();
    expect(proof?.findings).toEqual([]);
    const limits = proof?.budget.namespaces.find(({ name }) => name === "mlflow")?.steady.memoryLimits;
    expect(limits).toBe(1536 * 2 ** 20);
  }, 180_000);

  test("add a profile", async () => {
    expect(await followPage(copy, "docs/how-to/add-a-profile.md", helm)).toEqual([]);
    expect(await platform("docs", "--check")).toMatchObject({ code: 0 });
    const proofs = await prove("--profile", "desk-32gb");
    expect(proofs.map(({ profile }) => profile)).toEqual(["desk-32gb"]);
    expect(findings(proofs)).toEqual([]);
    expect(proofs[0]?.unchecked.map(({ rule }) => rule)).not.toContain("node-config-agrees");

    // And back: nothing of the machine stays.
    rmSync(join(copy.root, "charts/platform-umbrella/profiles/desk-32gb.yaml"));
    expect(await platform("docs", "--check")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("stale: node/profiles/desk-32gb/expected.sh, which nothing generates"),
    });
    // What was never generated stays, in a folder of a profile and in one of nobody's.
    const own = ["t495/etc/mine.conf", "desk-32gb/notes.md"].map((file) => `node/profiles/${file}`);
    for (const path of own) copy.write(path, "mine\n");
    const unknown = own.map((path) => expect.stringContaining(`unknown: ${path}, which nothing generates`));
    const { code, stdout, stderr } = await platform("docs");
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("5 removed") });
    expect(stderr.match(/^removed: node\/profiles\/desk-32gb\//gm)).toHaveLength(5);
    expect(Array(2).fill(stderr)).toEqual(unknown);
    for (const path of own) expect(copy.read(path)).toBe("mine\n");
    const check = await platform("docs", "--check");
    expect(check.code).toBe(1);
    expect(Array(2).fill(check.stderr)).toEqual(unknown);

    for (const path of own) rmSync(join(copy.root, path));
    expect(await platform("docs", "--check")).toMatchObject({ code: 0 });
  }, 180_000);

  test("add a component", async () => {
    expect(await followPage(copy, "docs/how-to/add-a-component.md", helm)).toEqual([]);
    expect(await platform("docs", "--check")).toMatchObject({ code: 0 });
    expect(findings(await prove(...EVERY_PROFILE))).toEqual([]);
    const { stdout } = await platform("render", "--component", "startpage");
    expect(stdout.match(/^kind: \w+/gm)?.sort()).toEqual(
      ["ConfigMap", "Deployment", "Ingress", "NetworkPolicy", "Service", "ServiceAccount"].map(
        (kind) => `kind: ${kind}`,
      ),
    );
    expect(stdout).toContain('<li><a href="https://mlflow.t495.home.arpa/">mlflow</a></li>');
  }, 180_000);

  test.each(["activate-kubeflow", "check-your-own-charts"])(
    "%s",
    async (name) => {
      expect(await followPage(copy, `docs/how-to/${name}.md`, helm)).toEqual([]);
    },
    180_000,
  );
});
