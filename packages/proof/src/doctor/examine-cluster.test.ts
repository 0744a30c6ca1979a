import { describe, expect, test } from "@jest/globals";
import { dump } from "js-yaml";
import { factsOf, findingsAfter, healthy, type Loose, plan, pod } from "../../test/cluster-answers.ts";
import { diagnosisReport } from "../report/diagnosis.ts";
import { FACT_NAMES, type FactName } from "./cluster-facts.ts";
import { examineCluster } from "./examine-cluster.ts";

test("a cluster that runs as planned has no finding, and everything was examined", () => {
  const diagnosis = examineCluster(plan, factsOf(healthy()));
  expect(diagnosis).toMatchObject({
    schemaVersion: 1,
    profile: "fixture",
    installed: true,
    ok: true,
    findings: [],
    unchecked: [],
  });
  expect(diagnosis.examined).toHaveLength(18);
});

test("what cannot be asked is listed, and judged neither way", () => {
  const diagnosis = examineCluster(plan, factsOf({ node: healthy().node }));
  expect(diagnosis.examined.map(({ id }) => id)).toEqual(["node-capacity", "k3s-version"]);
  expect(diagnosis.unchecked).toContainEqual({ id: "kubelet", reason: "configz is forbidden" });
  expect(diagnosis.unchecked).toHaveLength(16);
});

const memory = (at: "capacity" | "allocatable", value: string) => (answers: Record<FactName, Loose>) => {
  answers.node.status[at].memory = value;
};
describe("each difference is found", () => {
  test.each<[string, (answers: Record<FactName, Loose>) => void, readonly RegExp[]]>([
    ["less memory", memory("capacity", "7Gi"), [/^node-capacity error Node node-1: it has 7 Gi of memory/]],
    [
      "more memory",
      memory("capacity", "9Gi"),
      [/^node-capacity warning .* 1\.25 Gi more memory than planned/],
    ],
    [
      "a larger reserve",
      memory("allocatable", "6Gi"),
      [/^node-capacity error .*pods may have 6 Gi of memory/],
    ],
    ["no reserve", memory("allocatable", "8126464Ki"), [/nothing is reserved/]],
    [
      "memory pressure",
      ({ node }) => node.status.conditions.push({ type: "DiskPressure", status: "True", message: "full" }),
      [/^node-capacity error .*DiskPressure is True: full/],
    ],
    [
      "an older patch",
      ({ node }) => {
        node.status.nodeInfo.kubeletVersion = "v1.36.1+k3s1";
      },
      [/^k3s-version warning .*v1\.36\.1\+k3s1/],
    ],
    [
      "another minor version",
      ({ node }) => {
        node.status.nodeInfo.kubeletVersion = "v1.35.7+k3s1";
      },
      [/^k3s-version error/],
    ],
    [
      "K3s' own eviction signals",
      ({ configz }) => {
        configz.kubeletconfig.evictionHard = { "imagefs.available": "5%", "nodefs.available": "5%" };
      },
      [
        /^kubelet error .*memory/,
        /^kubelet error .*ephemeral-storage/,
        /does not evict at memory\.available/,
        /nodefs\.inodesFree/,
        /imagefs\.inodesFree/,
      ],
    ],
    [
      "no order of shutdown",
      ({ configz }) => {
        delete configz.kubeletconfig.shutdownGracePeriodByPodPriority;
      },
      [/^kubelet warning .*a shutdown stops all pods at once/],
    ],
    [
      "servicelb and K3s' Traefik",
      ({ pods }) =>
        pods.items.push(
          pod("svclb-traefik-abc-1", "kube-system", { memory: "1Mi" }),
          pod("traefik-7d4-1", "kube-system", { memory: "1Mi" }),
        ),
      [/^packaged-components error Pod kube-system\/traefik-7d4-1/, /Pod kube-system\/svclb-traefik/],
    ],
    [
      "no CoreDNS",
      ({ pods }) => {
        pods.items.shift();
      },
      [/^packaged-components error : K3s' coredns does not run/],
    ],
    [
      "no storage class",
      (answers) => {
        answers.storageClasses = { items: [] };
      },
      [/^storage-classes error StorageClass replicated: every claim/],
    ],
    [
      "a second default class",
      ({ storageClasses }) =>
        storageClasses.items.push({
          metadata: {
            name: "local-path",
            annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
          },
        }),
      [/^storage-classes error StorageClass local-path: it is the default/],
    ],
    [
      "a class that cannot grow",
      ({ storageClasses }) => {
        storageClasses.items[0].allowVolumeExpansion = false;
      },
      [/allowVolumeExpansion is false; the plan says true/],
    ],
    [
      "priorities changed by hand",
      ({ priorityClasses }) => {
        priorityClasses.items[1].value = 90;
        priorityClasses.items[3].globalDefault = false;
        priorityClasses.items.splice(2, 1, { metadata: { name: "mine" }, value: 5, globalDefault: true });
      },
      [
        /^priority-classes error PriorityClass data: its value is 90/,
        /PriorityClass apps: it is not there/,
        /PriorityClass low: it must be the default/,
        /PriorityClass mine: it is the default/,
      ],
    ],
    [
      "a quota raised by hand",
      ({ quotas }) => {
        quotas.items[0].spec.hard["limits.memory"] = "6Gi";
      },
      [/^quotas error ResourceQuota data\/data: limits\.memory is 6 Gi; the plan says 4 Gi/],
    ],
    [
      "no quota",
      ({ quotas }) => {
        quotas.items[1].spec.hard = { pods: "10", "requests.storage": "10Gi", "services.loadbalancers": "1" };
      },
      [/Namespace apps: no quota bounds its limits\.memory, requests\.memory, limits\.cpu, requests\.cpu: /],
    ],
    [
      "a quota that is more than used up",
      ({ quotas }) => {
        quotas.items[0].status.used.pods = "12";
      },
      [/12 of 10 pods are used/],
    ],
    [
      "a pod without a limit, and one of nobody's",
      ({ pods }) => pods.items.push(pod("mine", "data"), pod("theirs", "games", { memory: "8Gi" })),
      [
        /^pods-without-limits error Pod data\/mine: main may take any amount/,
        /Pod games\/theirs: the plan does not know the namespace games/,
      ],
    ],
    [
      "a manager that grew",
      ({ podMetrics }) => {
        podMetrics.items[2].containers[0].usage.memory = "300Mi";
      },
      [
        /^declared-pods error 1 pods of global\.dynamicPods\.store-manager: they use 300 Mi; .* 96 Mi aside/,
        /Namespace kube-system: its pods use 370 Mi; its budget is 256 Mi/,
      ],
    ],
    [
      "another pool",
      ({ pools }) => {
        pools.items[0].spec.addresses = ["192.168.1.240/29", "192.168.1.248-192.168.1.255"];
      },
      [/^address-pool error .*192\.168\.1\.255/],
    ],
    [
      "half a pool",
      ({ pools }) => {
        pools.items[0].spec.addresses = ["192.168.1.240-192.168.1.247"];
      },
      [/192\.168\.1\.248-192\.168\.1\.254 of the plan is in no pool/],
    ],
    [
      "a pending Service",
      ({ services }) => {
        services.items[1].status = { loadBalancer: {} };
      },
      [/^service-addresses error Service data\/store: it has no address yet/],
    ],
    [
      "somebody else's address",
      ({ services }) => {
        services.items[1].status.loadBalancer.ingress[0].ip = "192.168.1.250";
        services.items.push({
          metadata: { name: "game", namespace: "apps" },
          spec: { type: "LoadBalancer" },
          status: { loadBalancer: { ingress: [{ ip: "192.168.1.241" }] } },
        });
      },
      [/it holds 192\.168\.1\.250; the plan says 192\.168\.1\.241/, /Service apps\/game: it holds/],
    ],
    [
      "a Service that is not there",
      ({ services }) => {
        services.items.pop();
      },
      [/Service data\/store: nobody answers on 192\.168\.1\.241/],
    ],
    [
      "Argo CD without its flag and its override",
      ({ argocdWorkloads, argocdConfigMaps }) => {
        argocdWorkloads.items[0].spec.template.spec.containers[0].args = ["--enable-progressive-syncs=false"];
        argocdConfigMaps.items[0].data = {};
      },
      [/^argocd error .*root waits for ever/, /argocd-cm: .* is missing/],
    ],
    [
      "no Argo CD",
      (answers) => {
        answers.argocdWorkloads = { items: [] };
      },
      [/argocd-applicationset-controller: it is not there/],
    ],
    [
      "secrets that were not made",
      ({ secretKeys }) => {
        secretKeys["apps/store"] = ["user"];
        delete secretKeys["data/store"];
      },
      [/^secrets error Secret data\/store: it is not there/, /Secret apps\/store: it lacks password/],
    ],
    [
      "another plan in the cluster",
      (answers) => {
        const other = { ...plan, node: { ...plan.node, maxPods: 50 } };
        answers.plan = { data: { "plan.yaml": dump(other) } };
      },
      [/^plan-record warning .*differs at global\.node\.maxPods$/],
    ],
  ])("%s", (_what, change, expected) => {
    const found = findingsAfter(change);
    expect(found).toHaveLength(expected.length);
    for (const [at, pattern] of expected.entries()) expect(found[at]).toMatch(pattern);
  });
});

test("a component that was switched off and still runs", () => {
  const answers = healthy();
  const labels = { "app.kubernetes.io/name": "web" };
  for (const [name, namespace, phase] of [
    ["web-0", "apps", "Running"],
    ["web-old", "apps", "Succeeded"],
    ["elsewhere", "data", "Running"],
  ] as const) {
    const limited = pod(name, namespace, { memory: "64Mi" });
    answers.pods.items.push({ ...limited, metadata: { ...limited.metadata, labels }, status: { phase } });
  }
  const { web, ...others } = plan.components as Loose;
  const off = { ...plan, components: { ...others, web: { ...web, enabled: false } } };
  answers.plan = { data: { "plan.yaml": dump(off) } };
  expect(examineCluster(plan, factsOf(answers)).findings.map(({ id }) => id)).toEqual(["plan-record"]);
  expect(examineCluster(off, factsOf(answers)).findings).toEqual([
    expect.objectContaining({ id: "switched-off", severity: "error", object: "Pod apps/web-0" }),
  ]);
});

test("Argo CD's flag may come from its parameters", () => {
  const found = findingsAfter(({ argocdWorkloads, argocdConfigMaps }) => {
    argocdWorkloads.items[0].spec.template.spec.containers[0].args = [];
    argocdConfigMaps.items.push({
      metadata: { name: "argocd-cmd-params-cm" },
      data: { "applicationsetcontroller.enable.progressive.syncs": "true" },
    });
  });
  expect(found).toEqual([]);
});

test("before the bootstrap only the node is compared, and that is said", () => {
  const { node, configz, pods } = healthy();
  const empty = { items: [] };
  const bare = Object.fromEntries(FACT_NAMES.map((name) => [name, empty]));
  const facts = factsOf({ ...bare, node, configz, pods, secretKeys: {}, plan: undefined });
  const diagnosis = examineCluster(plan, facts);
  expect(diagnosis).toMatchObject({ installed: false, ok: true, findings: [] });
  expect(diagnosis.examined.map(({ id }) => id)).toContain("kubelet");
  const [first, ...others] = diagnosisReport(diagnosis, { width: 200, color: false, unicode: true })
    .split("\n")
    .filter((line) => !line.startsWith("  ✓"));
  expect(first).toMatch(
    /^✓ the node of fixture is as planned, the platform is not installed yet: no findings/,
  );
  expect(others.join("\n")).toMatch(/\? storage-classes, .*, plan-record: not checked: the platform is not/);

  node.status.capacity.memory = "7Gi";
  const short = examineCluster(plan, factsOf({ ...bare, node, configz, pods, plan: null }));
  expect(diagnosisReport(short, { width: 100, color: false, unicode: true })).toMatch(
    /^✗ the node of fixture is not as planned, the platform is not installed yet: 1 error/,
  );
});

test.each<FactName>(["priorityClasses", "quotas", "limitRanges", "networkPolicies", "pools"])(
  "a platform that lost all but its %s is installed, and judged",
  (name) => {
    const { node, configz, pods, [name]: left } = healthy();
    const bare = Object.fromEntries(FACT_NAMES.map((fact) => [fact, { items: [] }]));
    const facts = factsOf({ ...bare, node, configz, pods, plan: null, [name]: left });
    expect(examineCluster(plan, facts)).toMatchObject({ installed: true, ok: false, unchecked: [] });
  },
);

test("what K3s and the owner have before the bootstrap is no platform", () => {
  const { node, configz, pods, secretKeys, priorityClasses, quotas, networkPolicies } = healthy();
  const bare = Object.fromEntries(FACT_NAMES.map((name) => [name, { items: [] }]));
  const own = (list: Loose) => ({
    items: list.items.map((item: Loose) => ({ ...item, metadata: { ...item.metadata, namespace: "games" } })),
  });
  const facts = factsOf({
    ...{ ...bare, node, configz, pods, secretKeys, plan: null },
    priorityClasses: { items: priorityClasses.items.slice(-1) },
    quotas: own(quotas),
    networkPolicies: own(networkPolicies),
    pools: { items: [{ metadata: { name: "mine", namespace: "metallb-system" } }] },
  });
  expect(examineCluster(plan, facts)).toMatchObject({ installed: false, ok: true });
});

test("what mends several findings in a row is said once, with the profile's name", () => {
  const answers = healthy();
  answers.secretKeys = {};
  answers.node.status.nodeInfo.kubeletVersion = "v1.35.7+k3s1";
  const text = diagnosisReport(examineCluster(plan, factsOf(answers)), {
    ...{ width: 200, color: false, unicode: true },
  });
  expect(text.match(/it is not there: pods that use it do not start/g)?.length).toBeGreaterThan(1);
  expect(text.match(/logs -l app\.kubernetes\.io\/component=create-secrets/g)).toHaveLength(1);
  expect(text).toContain("sudo sh node/install.sh fixture on the node");
});

test("answers of any shape are survived", () => {
  for (const value of [
    null,
    7,
    "text",
    [],
    {},
    { items: [null, 3, {}, { metadata: 1, spec: [], status: "x" }] },
  ]) {
    const facts = factsOf(Object.fromEntries(FACT_NAMES.map((name) => [name, value])));
    expect(examineCluster(plan, facts).ok).toBe(false);
  }
});

test("the report says what was compared, what is wrong and how to mend it", () => {
  const answers = healthy();
  answers.services.items[1].status = {};
  const facts = { ...factsOf(answers), configz: { problem: "nodes/proxy is forbidden" } };
  const text = diagnosisReport(examineCluster(plan, facts), { width: 80, color: false, unicode: true });
  expect(text).toContain("✗ fixture does not run as planned: 1 error, 1 unchecked (17 comparisons)");
  expect(text).toContain("  ✓ The node runs the pinned K3s");
  expect(text).toContain("  ✗ Each load balancer has its planned address");
  expect(text).toContain("      error   Service data/store: it has no address yet");
  expect(text).toContain("  ? kubelet: not checked: nodes/proxy is forbidden");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});
