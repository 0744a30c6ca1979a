import { afterAll, beforeAll, expect } from "@jest/globals";
import type { KubernetesObject } from "@t495/proof";
import { renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { startMetallbController } from "./cluster/metallb.ts";
import { eventually, type Program } from "./cluster/program.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import { type Cluster, createNamespace } from "./cluster/start-cluster.ts";
import { warningsOf } from "./cluster/workloads.ts";

const stage = new Stage(import.meta.filename);
const NAMESPACE = "addressed";
const SERVICE = { apiVersion: "v1", kind: "Service" } as const;
const ADDRESSES = "metallb.io/loadBalancerIPs";
let cluster: Cluster;
let controller: Program;
let rendered: Awaited<ReturnType<typeof renderProfile>>;

beforeAll(async () => {
  rendered = await renderProfile("t495");
  cluster = await startTestCluster(rendered.plan, ["metallb"]);
  await applyInOrder(cluster.api, rendered.index.all);
  controller = await startController();
  await createNamespace(cluster.api, NAMESPACE);
});
afterAll(() => cluster?.stop());

stage.claim("MetalLB's controller gives every Service the address that the plan says", async (figures) => {
  const planned = Object.values(rendered.plan.addresses.services)
    .filter(({ component }) => rendered.plan.components[component]?.enabled)
    .map(({ namespace, service, address }) => `${namespace}/${service} ${address}`)
    .sort();
  await eventually("every address is given", async () => (await given()).length >= planned.length).catch(
    () => {},
  );
  figures.addresses = planned.length;
  expect(await given()).toEqual(planned);
});

stage.claim("a Service that pins no address gets none", async () => {
  await cluster.api.apply(loadBalancer("by-chance"));
  await refusedWith("by-chance", /no available IPs/);
  expect(await addressOf("by-chance")).toBeUndefined();
});

stage.claim(
  "a taken address and one outside the pool are refused, as unique-address and address-in-plan predict",
  async () => {
    await cluster.api.apply(loadBalancer("doubled", "192.168.1.240"));
    await cluster.api.apply(loadBalancer("outside", "192.168.1.20"));
    await refusedWith("doubled", /can't change sharing key|already in use|in use/);
    await refusedWith("outside", /not allowed/);
    expect([await addressOf("doubled"), await addressOf("outside")]).toEqual([undefined, undefined]);
  },
);

stage.claim("a restart of the controller changes no address", async () => {
  const before = await given();
  await controller.stop("SIGKILL");
  controller = await startController();
  await cluster.api.apply(loadBalancer("after", "192.168.1.254"));
  await eventually("it gives addresses again", async () => (await addressOf("after")) === "192.168.1.254");
  await cluster.api.delete({ ...SERVICE, namespace: NAMESPACE, name: "after" });
  await eventually("it has taken it back", async () => (await addressOf("after")) === undefined);
  expect(await given()).toEqual(before);
});

async function startController(): Promise<Program> {
  const workload = rendered.workloads.find(({ manifest }) => manifest.name === "metallb-controller");
  if (workload === undefined) throw new Error("no Deployment metallb-controller is rendered");
  return startMetallbController(cluster, workload);
}

function loadBalancer(name: string, address?: string): KubernetesObject {
  return {
    ...SERVICE,
    metadata: {
      name,
      namespace: NAMESPACE,
      ...(address === undefined ? {} : { annotations: { [ADDRESSES]: address } }),
    },
    spec: {
      type: "LoadBalancer",
      selector: { "app.kubernetes.io/name": name },
      ports: [{ name: "http", port: 80 }],
    },
  };
}

/** `namespace/name address` of every Service that has one. */
async function given(): Promise<string[]> {
  const services = await cluster.api.list(SERVICE);
  return services
    .flatMap((service) => {
      const address = ingressOf(service);
      return address === undefined
        ? []
        : [`${service.metadata.namespace}/${service.metadata.name} ${address}`];
    })
    .sort();
}

async function addressOf(name: string): Promise<string | undefined> {
  return cluster.api.get({ ...SERVICE, namespace: NAMESPACE, name }).then(ingressOf, () => undefined);
}

function ingressOf({ status }: KubernetesObject): string | undefined {
  const { loadBalancer } = (status ?? {}) as { loadBalancer?: { ingress?: { ip?: string }[] } };
  return loadBalancer?.ingress?.[0]?.ip;
}

async function refusedWith(name: string, words: RegExp): Promise<void> {
  await eventually(`MetalLB says why ${name} has no address`, async () => {
    const warnings = await warningsOf(cluster.api, ["AllocationFailed"]);
    return warnings.some(
      (warning) => warning.startsWith(`Service ${NAMESPACE}/${name}:`) && words.test(warning),
    );
  }).catch(async (error) => {
    throw new Error(
      `${error.message}; what it said: ${(await warningsOf(cluster.api, ["AllocationFailed"])).join("; ")}`,
    );
  });
}
