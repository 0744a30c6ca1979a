import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Manifest, type Plan, type Platform, readPlan } from "@t495/proof";
import { INSTALL_MS, openTestPlatform, ROOT } from "../test/open-platform.ts";
import { refusalOf } from "../test/refusal.ts";
import { parseValues } from "../test/values-leaves.ts";

const CHART = join(ROOT, "charts/kubeflow");
const SWITCH = "global.components.kubeflow.enabled=true";

let platform: Platform;
const streams = new Map<string, readonly Manifest[]>();

beforeAll(async () => {
  platform = await openTestPlatform();
  for (const profile of ["t495", "small-16gb", "large-64gb"]) {
    streams.set(profile, (await platform.render({ profile })).manifests);
  }
}, INSTALL_MS);

const rendered = (profile: string): readonly Manifest[] => streams.get(profile) ?? [];

function planOf(profile: string): Plan {
  const plan = readPlan(rendered(profile));
  if (plan === undefined) throw new Error(`${profile} renders no plan`);
  return plan;
}

/** `Kind namespace/name` of everything that is Kubeflow's. */
function kubeflowsOwn(profile: string): readonly string[] {
  return rendered(profile)
    .filter(
      ({ name, namespace, source }) =>
        namespace === "kubeflow" || name.startsWith("kubeflow") || source.chart === "kubeflow",
    )
    .map(({ kind, namespace, name }) => `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`)
    .sort();
}

const millicores = (quantity = ""): number =>
  quantity.endsWith("m") ? Number.parseInt(quantity, 10) : Number(quantity) * 1000;

const RESERVED = [
  "AppProject argocd/kubeflow",
  "ApplicationSet argocd/kubeflow",
  "LimitRange kubeflow/containers",
  "Namespace kubeflow",
  "NetworkPolicy kubeflow/default-deny",
  "PriorityClass kubeflow-critical",
  "ResourceQuota kubeflow/budget",
];

describe("while Kubeflow is reserved", () => {
  test.each(["t495", "large-64gb"])("%s renders its frame and nothing else", (profile) => {
    expect(kubeflowsOwn(profile)).toEqual(RESERVED);
  });

  test("a machine without room has the same frame with a budget of nothing", () => {
    expect(kubeflowsOwn("small-16gb")).toEqual(RESERVED.filter((name) => !name.startsWith("LimitRange")));
    const quota = rendered("small-16gb").find(
      ({ kind, namespace }) => kind === "ResourceQuota" && namespace === "kubeflow",
    );
    expect(quota?.object.spec).toMatchObject({ hard: { "limits.memory": "0", pods: "0" } });
  });

  test("the default machine keeps 15 Gi and 10 CPU", () => {
    const quota = rendered("t495").find(
      ({ kind, namespace }) => kind === "ResourceQuota" && namespace === "kubeflow",
    );
    expect(quota?.object.spec).toMatchObject({ hard: { "limits.memory": "15Gi", "limits.cpu": "10" } });
  });

  test("its ApplicationSet is there and empty, so that nothing waits for it", () => {
    const set = rendered("t495").find(
      ({ kind, name }) => kind === "ApplicationSet" && name === "kubeflow",
    )?.object;
    expect(set?.metadata.annotations).toMatchObject({ "t495.dev/applications": "" });
    expect(set?.spec).toMatchObject({ generators: [{ list: { elements: [] } }] });
  });

  test.each(["t495", "large-64gb"])("%s keeps a load balancer for each of .243 to .254", (profile) => {
    const plan = planOf(profile);
    const kept = Object.values(plan.addresses.reserved).flatMap(({ range }) => {
      const [first = 0, last = first] = range.split("-").map((address) => Number(address.split(".").at(-1)));
      return Array.from({ length: last - first + 1 }, (_, number) => first + number);
    });
    expect(kept.sort()).toEqual([243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254]);
    expect(plan.namespaces.kubeflow?.budget.loadBalancers).toBe(kept.length);
  });
});

describe("switching it on", () => {
  test("says which pieces have no templates yet", async () => {
    const message = await refusalOf(platform.render({ profile: "t495", settings: [SWITCH] }));
    expect(message).toContain("only reserved so far");
    expect(message).toContain("dashboard, gateway, katib, kserve, notebooks, pipelines");
    expect(message).toContain("docs/components/kubeflow.md");
  });

  test("says that a small machine has no room", async () => {
    const message = await refusalOf(platform.render({ profile: "small-16gb", settings: [SWITCH] }));
    expect(message).toContain("the profile small-16gb has no room for Kubeflow");
    expect(message).toContain("need 15360 MiB");
  });

  test("waits for the pieces that the chart names, and it names those that have templates", () => {
    const folders = readdirSync(join(CHART, "templates"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const chart = parseValues(readFileSync(join(CHART, "Chart.yaml"), "utf8"));
    const named = (chart.annotations as Record<string, string>)["t495.dev/pieces"] ?? "";
    expect(named.split(",").filter(Boolean).sort()).toEqual(folders.sort());
  });
});

describe("what the pieces and their users need fits the reservation", () => {
  // Each figure by itself as large as all of them may be.
  test.each([
    ["memory", "15Gi", "MiB of memory limits"],
    ["cpuLimits", "9999m", "millicores of CPU limits"],
    ["cpuRequests", "4500m", "millicores of CPU requests"],
    ["pods", "32", "pods"],
    ["storage", "60Gi", "MiB of storage"],
  ])("%s beyond it is refused", async (key, all, unit) => {
    const settings = [`kubeflow.users.runs.${key}=${all}`];
    const message = await refusalOf(platform.render({ profile: "t495", settings }));
    expect(message).toMatch(
      new RegExp(`need \\d+ ${unit} together, global.namespaces.kubeflow.budget.${key}`),
    );
  });

  test("no share requests more CPU than it may use", () => {
    const umbrella = parseValues(readFileSync(join(ROOT, "charts/platform-umbrella/values.yaml"), "utf8"));
    const shares = Object.entries(Object.assign({}, ...Object.values(umbrella.kubeflow as object)));
    expect(shares.length).toBe(9);
    for (const [name, share] of shares) {
      const { cpuRequests, cpuLimits } = share as Record<string, string>;
      expect([name, millicores(cpuRequests) <= millicores(cpuLimits)]).toEqual([name, true]);
    }
  });

  test("a reservation that shrinks below them is refused, and one that is given up is not", async () => {
    const budget = "global.namespaces.kubeflow.budget.memory";
    const message = await refusalOf(platform.render({ profile: "t495", settings: [`${budget}=14Gi`] }));
    expect(message).toContain(`need 15360 MiB of memory limits together, ${budget} reserves 14336`);
    await platform.render({ profile: "t495", settings: [`${budget}=0Mi`] });
  });
});
