import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import type { ApiObject } from "../test/kubernetes-object.ts";
import { MetallbPod } from "../test/metallb-pod.ts";
import { findMetallb, METALLB_MISSING, METALLB_VERSION } from "../test/metallb-programs.ts";
import { eventually } from "../test/real-program.ts";
import { renderedOne, renderPlatform } from "../test/render-platform.ts";
import { BUILD_MS } from "../test/tool-cache.ts";

/** Each test takes a second; a machine that does other things at once may take many. */
jest.setTimeout(60_000);

const NAMESPACE = "metallb-system";
const programs = await findMetallb();

const loadBalancersOf = (objects: readonly ApiObject[]): readonly ApiObject[] =>
  objects.filter(({ spec }) => (spec as { type?: string }).type === "LoadBalancer");

const addressOf = ({ status }: ApiObject): string | undefined =>
  (status as { loadBalancer?: { ingress?: { ip: string }[] } } | undefined)?.loadBalancer?.ingress?.[0]?.ip;

function custom(kind: string, version: string, spec: object): ApiObject {
  return {
    apiVersion: `metallb.io/${version}`,
    kind,
    metadata: { name: "other", namespace: NAMESPACE },
    spec,
  };
}

async function reportsAgain({ api, program }: MetallbPod, name: string): Promise<void> {
  const state = (): ApiObject | undefined => api.get("ConfigurationState", NAMESPACE, name);
  const isValid = async (): Promise<boolean> => (state()?.status as { result?: string })?.result === "Valid";
  await eventually("it says that its configuration is valid", isValid, program);
  api.remove(state() as ApiObject);
  await eventually("it says so again", isValid, program);
}

test("the programs that are tested are the ones that are deployed", async () => {
  const manifests = await renderPlatform();
  for (const [kind, role] of [
    ["Deployment", "controller"],
    ["DaemonSet", "speaker"],
  ] as const) {
    const workload = manifests.find("apps", kind, NAMESPACE, `metallb-${role}`)?.object;
    expect(JSON.stringify(workload)).toContain(`quay.io/metallb/${role}:v${METALLB_VERSION}@`);
  }
});

describeReal("the controller", programs, METALLB_MISSING, (found) => {
  let pod: MetallbPod;

  beforeAll(async () => {
    pod = await MetallbPod.start(found, "controller");
  }, BUILD_MS);

  afterAll(async () => {
    await pod?.stop();
  });

  test("gives each Service the address of the plan", async () => {
    const services = (): readonly ApiObject[] => loadBalancersOf(pod.api.list("Service"));
    const planned = ({ metadata }: ApiObject): unknown =>
      (metadata.annotations as Record<string, string>)["metallb.io/loadBalancerIPs"];
    expect(services().length).toBeGreaterThan(1);
    await eventually(
      "each has its own",
      async () => services().every((service) => addressOf(service) === planned(service)),
      pod.program,
    );
  });

  test("gives none to a Service that asks for none", async () => {
    const [model] = loadBalancersOf(pod.api.list("Service"));
    const metadata = { name: "greedy", namespace: "data" };
    const greedy = pod.api.put({ ...model, metadata, status: {} } as ApiObject);
    const told = (times: number) => async (): Promise<boolean> =>
      pod.api
        .list("Event")
        .some((event) => JSON.stringify(event).includes("greedy") && event.count === times);
    await eventually("it is told why", told(1), pod.program);
    pod.api.put({ ...greedy, metadata: { ...metadata, labels: { asks: "again" } } });
    await eventually("it is told again", told(2), pod.program);
    expect(addressOf(pod.api.get("Service", "data", "greedy") ?? greedy)).toBeUndefined();
  });

  test("says how many of the pool are given", async () => {
    const status = (): Record<string, unknown> =>
      (pod.api.get("IPAddressPool", NAMESPACE, "home-lan")?.status ?? {}) as Record<string, unknown>;
    const given = loadBalancersOf(pod.api.list("Service")).filter((service) => addressOf(service)).length;
    await eventually("it is told", async () => status().assignedIPv4 === given, pod.program);
    expect(status().availableIPv4).toBe(15 - given);
  });

  test("reports its state again when somebody deletes it", () => reportsAgain(pod, "controller"));

  test("puts the authority of its certificate where the API server looks for it", async () => {
    const webhooks = pod.api.get(
      "ValidatingWebhookConfiguration",
      undefined,
      "metallb-webhook-configuration",
    );
    const definition = pod.api.get("CustomResourceDefinition", undefined, "bgppeers.metallb.io");
    expect(JSON.stringify(webhooks).match(/"caBundle":"\w/g)).toHaveLength(6);
    expect(JSON.stringify(definition)).toMatch(/"caBundle":"\w/);
    expect((await pod.webhook("/")).certificate).toBe("metallb-webhook-service.metallb-system.svc");
  });

  test("accepts the pool and the advertisement of the plan", async () => {
    for (const kind of ["IPAddressPool", "L2Advertisement"]) {
      expect(await pod.review(renderedOne(pod.manifests, kind), "UPDATE")).toEqual({
        allowed: true,
        message: "",
      });
    }
  });

  test.each([
    [
      "a pool that overlaps",
      custom("IPAddressPool", "v1beta1", { addresses: ["192.168.1.250/32"] }),
      /overlaps/,
    ],
    [
      "a pool that is none",
      custom("IPAddressPool", "v1beta1", { addresses: ["192.168.1.256/32"] }),
      /invalid CIDR/,
    ],
    [
      "an advertisement that names a pool twice",
      custom("L2Advertisement", "v1beta1", { ipAddressPools: ["home-lan", "home-lan"] }),
      /duplicate/,
    ],
    [
      "a community that is none",
      custom("Community", "v1beta1", { communities: [{ name: "a", value: "x" }] }),
      /invalid/,
    ],
    [
      "a peer that makes no sense, which would stop the speaker",
      custom("BGPPeer", "v1beta2", { myASN: 64500, peerASN: 64501, peerAddress: "nowhere" }),
      /invalid/,
    ],
    [
      "a BGP advertisement that makes no sense",
      custom("BGPAdvertisement", "v1beta1", { aggregationLength: 40 }),
      /invalid/,
    ],
  ])("refuses %s", async (_what, object, message) => {
    const verdict = await pod.review(object);
    expect(verdict.allowed).toBe(false);
    expect(verdict.message).toMatch(message);
  });

  test("answers on every path that the configuration names", async () => {
    const configuration = pod.manifests.find(
      "admissionregistration.k8s.io",
      "ValidatingWebhookConfiguration",
      undefined,
      "metallb-webhook-configuration",
    )?.object.webhooks as { clientConfig: { service: { path: string } } }[];
    expect(configuration).toHaveLength(6);
    for (const { clientConfig } of configuration) {
      expect((await pod.webhook(clientConfig.service.path, { method: "POST" })).status).not.toBe(404);
    }
    expect((await pod.webhook("/convert", { method: "POST" })).status).not.toBe(404);
    expect((await pod.webhook("/other", { method: "POST" })).status).toBe(404);
  });

  test("shows its metrics to whoever has a token", async () => {
    expect((await pod.metrics()).status).toBe(401);
    const { status, body } = await pod.metrics({ authorization: "Bearer token" });
    expect(status).toBe(200);
    expect(body).toMatch(/^metallb_allocator_addresses_total\{pool="home-lan"\} 15$/m);
  });

  test("has the rights that it needs and no other", () => {
    expect(pod.api.rights.refused).toEqual([]);
    expect(pod.api.rights.unused()).toEqual([]);
  });
});

const UNHEARD = "the speaker, which no one on this network hears: it may not open a raw socket";

describeReal(UNHEARD, programs, METALLB_MISSING, (found) => {
  let pod: MetallbPod;

  beforeAll(async () => {
    pod = await MetallbPod.start(found, "speaker");
  }, BUILD_MS);

  afterAll(async () => {
    await pod?.stop();
  });

  test("reports its state again when somebody deletes it", () => reportsAgain(pod, "speaker-t495"));

  test("announces each Service that has an address, and stops when it has none", async () => {
    const announced = (): string[] =>
      pod.api
        .list("ServiceL2Status")
        .map(({ status }) => (status as { serviceName?: string })?.serviceName ?? "");
    const services = loadBalancersOf(pod.api.list("Service"));
    for (const service of services) {
      const annotations = service.metadata.annotations as Record<string, string>;
      const ip = annotations["metallb.io/loadBalancerIPs"];
      pod.api.put({ ...service, status: { loadBalancer: { ingress: [{ ip }] } } });
    }
    const names = services.map(({ metadata }) => metadata.name).sort();
    await eventually("each is", async () => `${announced().sort()}` === `${names}`, pod.program);
    const [first] = services;
    if (first === undefined) throw new Error("no Service has an address");
    const { name } = first.metadata;
    const addressed = pod.api.get("Service", first.metadata.namespace, name) as ApiObject;
    pod.api.put({ ...addressed, status: {} });
    await eventually("one less", async () => !announced().includes(name), pod.program);
    pod.api.put(addressed);
    await eventually("it is back", async () => announced().includes(name), pod.program);
  });

  test("corrects what somebody else wrote about its announcements", async () => {
    const [state] = pod.api.list("ServiceL2Status");
    if (state === undefined) throw new Error("nothing is announced");
    const { name, namespace } = state.metadata;
    const metadata = { ...state.metadata, ownerReferences: [] };
    pod.api.put({ ...state, metadata, status: { ...(state.status as object), node: "elsewhere" } });
    const node = (): unknown => (pod.api.get(state.kind, namespace, name)?.status as { node?: string })?.node;
    await eventually("it is right again", async () => node() === "t495", pod.program);
  });

  test("shows its metrics to whoever has a token", async () => {
    expect((await pod.metrics()).status).toBe(401);
    const { body } = await pod.metrics({ authorization: "Bearer token" });
    expect(body).toMatch(/^metallb_speaker_announced\{ip="192.168.1.240",.*service="traefik\/traefik"\} 1$/m);
  });

  test("has the rights that it needs and no other", () => {
    expect(pod.api.rights.refused).toEqual([]);
    expect(pod.api.rights.unused()).toEqual([]);
  });
});
