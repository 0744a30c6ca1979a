import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Answer, type KubectlCall, type KubectlStandIn, standInKubectl } from "./kubectl-stand-in.ts";
import { type CliResult, runCli } from "./run-cli.ts";

const TOKEN = "ghp_a-token-that-nobody-may-see";
const FORK = "https://git.example.org/somebody/fork.git";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (name: string, memory = "40632320Ki"): Answer => ({
  args: "^get nodes",
  stdout: JSON.stringify({ items: [{ metadata: { name }, status: { capacity: { memory } } }] }),
});
const version = (gitVersion: string): Answer => ({
  args: "^get --raw /version",
  stdout: JSON.stringify({ gitVersion }),
});
const noApplication: Answer = {
  args: "^get applications.argoproj.io platform",
  stderr: 'error: the server doesn\'t have a resource type "applications"',
  exitCode: 1,
};
const address: Answer = { args: "^config view", stdout: "https://192.168.1.10:6443" };
const empty = [version("v1.36.3+k3s1"), node("t495"), noApplication, address];

let number = 0;
async function bootstrap(
  line: string,
  answers: readonly Answer[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult & { readonly kubectl: KubectlStandIn }> {
  number += 1;
  const kubectl = standInKubectl(join(folder, `kubectl-${number}`), answers);
  const args = ["bootstrap", ...line.split(" ").filter((word) => word !== "")];
  return { ...(await runCli(args, { cwd: folder, env: { ...kubectl.env, ...env } })), kubectl };
}

const changes = (kubectl: KubectlStandIn): readonly KubectlCall[] =>
  kubectl.calls().filter(({ args: [verb = ""] }) => !["get", "config", "wait", "rollout"].includes(verb));
const kindsOf = ({ input }: KubectlCall): readonly string[] => [
  ...new Set((JSON.parse(input) as { items: { kind: string }[] }).items.map(({ kind }) => kind)),
];

describe("bootstrap", () => {
  test("only says what it would do", async () => {
    const { code, stdout, kubectl } = await bootstrap("", empty);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^cluster {2}https:\/\/192.168.1.10:6443, Kubernetes v1.36.3\+k3s1, node t495$/m);
    expect(stdout).toMatch(/^1 {2}Argo CD's namespace, its bounds, and the priority classes .*: 10 new$/m);
    expect(stdout).toContain("Nothing was changed");
    expect(changes(kubectl)).toEqual([]);
  }, 60_000);

  test("applies each step after what it needs, and tells Argo CD where the fork lies", async () => {
    const { code, stdout, stderr, kubectl } = await bootstrap(
      `--yes --repository ${FORK} --revision next`,
      empty,
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [bounds, crds, secret, argocd, roots, ...more] = changes(kubectl);
    expect(more).toEqual([]);
    expect(kindsOf(bounds as KubectlCall).toSorted()).toEqual([
      "LimitRange",
      "Namespace",
      "NetworkPolicy",
      "PriorityClass",
      "ResourceQuota",
    ]);
    expect(kindsOf(crds as KubectlCall)).toEqual(["CustomResourceDefinition"]);
    expect((secret as KubectlCall).args[0]).toBe("create");
    expect(kindsOf(argocd as KubectlCall)).toContain("StatefulSet");
    expect((argocd as KubectlCall).input).toContain(FORK);
    const applications = (JSON.parse((roots as KubectlCall).input) as { items: Record<string, never>[] })
      .items;
    expect(applications).toEqual([
      expect.objectContaining({
        metadata: expect.objectContaining({ name: "platform" }),
        spec: expect.objectContaining({
          source: expect.objectContaining({
            repoURL: FORK,
            targetRevision: "next",
            helm: expect.objectContaining({
              valueFiles: ["values.yaml", "profiles/t495.yaml"],
              parameters: [
                { name: "global.render", value: "root", forceString: true },
                { name: "global.gitops.repoURL", value: FORK, forceString: true },
                { name: "global.gitops.revision", value: "next", forceString: true },
              ],
            }),
          }),
        }),
      }),
      expect.objectContaining({ metadata: expect.objectContaining({ name: "argocd" }) }),
    ]);
    const verbs = kubectl.calls().map(({ args }) => args.slice(0, 2).join(" "));
    expect(verbs.indexOf("wait --for=condition=Established")).toBeGreaterThan(0);
    expect(verbs.filter((verb) => verb === "rollout status")).toHaveLength(5);
    expect(stdout).toContain("Argo CD installs the platform now");
  }, 60_000);

  test("a token reaches the cluster and nothing else", async () => {
    writeFileSync(join(folder, "token"), `${TOKEN}\n`);
    const { code, stdout, stderr, kubectl } = await bootstrap(
      `--yes --no-wait --repository ${FORK} --git-token-file token`,
      empty,
      { PLATFORM_WEBHOOK_SECRET: "signed-with-this" },
    );
    expect(code).toBe(0);
    const secrets = changes(kubectl).filter(({ input }) => input.includes(TOKEN));
    expect(secrets).toHaveLength(1);
    const { items } = JSON.parse((secrets[0] as KubectlCall).input) as { items: { stringData: object }[] };
    expect(items.map(({ stringData }) => stringData)).toEqual([
      { type: "git", url: FORK, username: "git", password: TOKEN },
      { "webhook.github.secret": "signed-with-this" },
    ]);
    const visible = [stdout, stderr, ...kubectl.calls().flatMap(({ args }) => args)].join("\n");
    expect(visible).not.toContain(TOKEN);
    expect(visible).not.toContain("signed-with-this");
  }, 60_000);

  test("what was imported counts: Argo CD's own pods get the source's value, or the Job would refuse it", async () => {
    const source = { metadata: { name: "argocd-redis" }, data: { auth: "aW1wb3J0ZWQ=" } };
    const there: Answer = {
      args: "^get secrets argocd-redis .*platform-system",
      stdout: JSON.stringify(source),
    };
    const { kubectl } = await bootstrap(`--yes --no-wait --repository ${FORK}`, [...empty, there]);
    const created = changes(kubectl).find(({ args }) => args[0] === "create");
    expect(JSON.parse(created?.input ?? "{}")).toMatchObject({
      items: [{ metadata: { namespace: "argocd", name: "argocd-redis" }, data: source.data }],
    });
  }, 60_000);

  test("a second run keeps the repository that the cluster follows, and its passwords", async () => {
    const live: Answer = {
      args: "^get applications.argoproj.io platform",
      stdout: JSON.stringify({ spec: { source: { repoURL: FORK, targetRevision: "next" } } }),
    };
    const there: Answer = { args: "^get --filename", stdout: "secret/argocd-redis\n" };
    const { code, stdout, kubectl } = await bootstrap("--yes --no-wait", [
      live,
      version("v1.36.3"),
      node("t495"),
      address,
      there,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(`${FORK}, next, profile t495`);
    expect(changes(kubectl).map(({ args }) => args[0])).not.toContain("create");
  }, 60_000);

  test("a second run does not change the profile by leaving it out", async () => {
    const helm = { valueFiles: ["values.yaml", "profiles/attic.yaml"] };
    const live: Answer = {
      args: "^get applications.argoproj.io platform",
      stdout: JSON.stringify({ spec: { source: { repoURL: FORK, targetRevision: "next", helm } } }),
    };
    const cluster = [live, version("v1.36.3"), node("t495"), address];
    const { code, stderr, kubectl } = await bootstrap("--yes --no-wait", cluster);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /follows values.yaml, profiles\/attic.yaml; without --profile it would be .*t495.yaml/,
    );
    expect(changes(kubectl)).toEqual([]);
    expect((await bootstrap("--profile t495", cluster)).code).toBe(0);
  }, 60_000);

  test("says what is not as planned and goes on", async () => {
    const { code, stdout } = await bootstrap("", [
      version("v1.37.1"),
      node("t495", "33554432Ki"),
      noApplication,
      address,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("note     Kubernetes is v1.37.1; the platform is proven for 1.36.3");
    expect(stdout).toContain("note     the node reports 32768Mi of memory, the plan counts on 39680Mi");
  }, 60_000);

  test.each<readonly [string, string, readonly Answer[], RegExp]>([
    ["another node", "", [version("v1.36.3"), node("other")], /for one node, t495; the cluster has other/],
    ["an old Kubernetes", "", [version("v1.33.9")], /Kubernetes v1.33.9; the charts need 1.34/],
    [
      "no cluster",
      "",
      [{ args: "version", stderr: "The connection to the server 10.0.0.1:6443 was refused", exitCode: 1 }],
      /does not answer.*\n.*\n {2}fix: check that the node runs/,
    ],
    [
      "no rights",
      "",
      [{ args: "version", stderr: "error: You must be logged in to the server (Unauthorized)", exitCode: 1 }],
      /refuses: You must be logged in.*\n.*\n {2}fix: use the kubeconfig of an administrator/,
    ],
    [
      "no such context",
      "--context nowhere",
      [{ args: "version", stderr: 'error: context "nowhere" does not exist', exitCode: 1 }],
      /context "nowhere" does not exist\n.*\n {2}fix: name the node's kubeconfig/,
    ],
    [
      "a token in the address",
      "--repository https://me:secret@git.example.org/x.git",
      empty,
      /holds credentials/,
    ],
    ["no address", "--repository fork", empty, /fork is no address of a Git repository/],
  ])(
    "refuses %s",
    async (_, line, answers, message) => {
      const { code, stdout, stderr, kubectl } = await bootstrap(line, answers);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(message);
      expect(changes(kubectl)).toEqual([]);
    },
    60_000,
  );

  test.each([
    ["an SSH key for https", { PLATFORM_GIT_SSH_KEY: "key" }, /an SSH key does not open https/],
    ["two at once", { PLATFORM_GIT_SSH_KEY: "key", PLATFORM_GIT_TOKEN: "token" }, /Argo CD uses one/],
    ["an empty one", { PLATFORM_GIT_TOKEN: " " }, /the secret is empty/],
  ])(
    "refuses credentials: %s",
    async (_, env, message) => {
      const { code, stderr } = await bootstrap("", empty, env);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    },
    60_000,
  );

  test("without kubectl says where to get it", async () => {
    const { code, stderr } = await runCli(["bootstrap"], { cwd: folder, env: { PATH: "/nowhere" } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/kubectl could not be started\n.*\n {2}fix: install it/);
  }, 60_000);

  test("a profile that does not fit is not installed", async () => {
    const profile = join(folder, "elsewhere.yaml");
    writeFileSync(profile, "global:\n  profile: elsewhere\n");
    const { code, stdout, stderr, kubectl } = await bootstrap(`--yes --profile ${profile}`, empty);
    expect(code).toBe(1);
    expect(stdout).toContain("value-files-agree");
    expect(stderr).toContain("Nothing was applied");
    expect(kubectl.calls()).toEqual([]);
  }, 60_000);
});

describe("unblock, pause and resume", () => {
  const running = (phase: string): Answer => ({
    args: "^get applications.argoproj.io platform",
    stdout: JSON.stringify({
      spec: {
        source: { repoURL: FORK, targetRevision: "main" },
        syncPolicy: { syncOptions: ["ServerSideApply=true"], retry: { limit: 10 } },
      },
      status: { operationState: { phase, message: "waiting for data-services" } },
    }),
  });
  const command = async (line: string, answers: readonly Answer[]) => {
    number += 1;
    const kubectl = standInKubectl(join(folder, `kubectl-${number}`), answers);
    return { ...(await runCli(line.split(" "), { cwd: folder, env: kubectl.env })), kubectl };
  };
  const patches = (kubectl: KubectlStandIn): readonly unknown[] =>
    kubectl
      .calls()
      .flatMap(({ args }) => args)
      .filter((argument) => argument.startsWith("--patch="))
      .map((argument) => JSON.parse(argument.slice("--patch=".length)));

  test("syncs the newest commit as the Application would itself", async () => {
    const { code, kubectl } = await command("unblock --context home", [running("Failed")]);
    expect(code).toBe(0);
    expect(patches(kubectl)).toEqual([
      {
        metadata: { annotations: { "argocd.argoproj.io/refresh": "normal" } },
        operation: {
          initiatedBy: { username: "platform unblock" },
          sync: { prune: true, syncOptions: ["ServerSideApply=true"] },
          retry: { limit: 10 },
        },
      },
    ]);
    expect(kubectl.calls().every(({ args }) => args.includes("--context") && args.includes("home"))).toBe(
      true,
    );
  });

  test("before the bootstrap there is nothing to unblock", async () => {
    const { code, stderr } = await command("unblock", [noApplication]);
    expect(code).toBe(2);
    expect(stderr).toContain("fix: install it with `platform bootstrap`");
  });

  test.each([
    ["pause", "--replicas=0"],
    ["resume", "--replicas=1"],
  ])("%s scales the one program that applies", async (name, replicas) => {
    const { code, kubectl } = await command(name, [running("Succeeded")]);
    expect(code).toBe(0);
    expect(kubectl.calls().at(-1)?.args).toEqual([
      "scale",
      "statefulset/argocd-application-controller",
      "--namespace=argocd",
      replicas,
    ]);
  });
});
