import { afterAll, beforeAll, expect } from "@jest/globals";
import type { KubernetesObject } from "@t495/proof";
import { nodeLedger } from "../../proof/src/accounting/node.ts";
import { parseQuantity, writeAmount } from "../../proof/src/accounting/quantity.ts";
import { diagnosisOf, findingsIn, readsNodes, visit } from "../test/doctor.ts";
import { deployment } from "../test/gitops.ts";
import { renderProfile, startTestCluster } from "../test/platform.ts";
import { Stage } from "./claims/claim.ts";
import { runCreateSecrets } from "./cluster/create-secrets.ts";
import { fillerPod } from "./cluster/filler-pods.ts";
import { startMetallbController } from "./cluster/metallb.ts";
import { eventually } from "./cluster/program.ts";
import { applyInOrder } from "./cluster/rollout.ts";
import type { Cluster } from "./cluster/start-cluster.ts";
import { settled } from "./cluster/workloads.ts";

const stage = new Stage(import.meta.filename);
const NAMESPACE = "default";
const SERVICE = { apiVersion: "v1", kind: "Service" } as const;
const ADDRESSES = "metallb.io/loadBalancerIPs";
const SMALL = { cpu: parseQuantity("10m") ?? 0n, memory: parseQuantity("16Mi") ?? 0n };
let cluster: Cluster;
let rendered: Awaited<ReturnType<typeof renderProfile>>;

beforeAll(async () => {
  rendered = await renderProfile("t495");
  cluster = await startTestCluster(rendered.plan, ["metallb"]);
  await applyInOrder(cluster.api, rendered.index.all);
  for (const name of ["coredns-0", "metrics-server-0"]) await cluster.api.apply(pod("kube-system", name));
  await startMetallbController(cluster, deployment(rendered.workloads, "metallb-controller"));
  expect(await runCreateSecrets(cluster)).toMatchObject({ exitCode: 0 });
  expect((await settled(cluster.api, rendered.workloads)).problems).toEqual([]);
  await addressIs("traefik", "192.168.1.240");
  await addressIs("minio-lan", "192.168.1.241");
});
afterAll(() => cluster?.stop());

stage.claim("a node and a platform that are as planned have no finding", async (figures) => {
  const said = await asAdmin();
  const { examined, unchecked } = diagnosisOf(said);
  figures.comparisons = examined.length;
  expect({ code: said.exitCode, findings: findingsIn(said) }).toEqual({ code: 0, findings: [] });
  // KWOK is no kubelet that could be asked, and measures nothing.
  expect(unchecked.map(({ id }) => id)).toEqual(["kubelet", "declared-pods"]);
});

stage.claim("a quota that somebody changed by hand is named, with the figure of the plan", async () => {
  const quota = theOne("ResourceQuota", "mlflow");
  await cluster.api.patch(quota, { spec: { hard: { "limits.memory": "2Gi" } } });
  expect(await errors()).toEqual([
    `quotas ResourceQuota mlflow/${quota.name}: limits.memory is 2 Gi; the plan says 1 Gi => sync the Application foundation; a quota changed by hand comes back with it`,
  ]);
  await cluster.api.patch(quota, { spec: { hard: { "limits.memory": "1Gi" } } });
});

stage.claim("a load balancer without an address and one with another are named", async () => {
  await pin("traefik", "192.168.1.250");
  await pin("minio-lan", "192.168.1.20");
  await addressIs("traefik", "192.168.1.250");
  await addressIs("minio-lan", undefined);
  expect(await errors()).toEqual([
    "service-addresses Service data/minio-lan: it has no address yet => kubectl -n metallb-system logs deploy/metallb-controller says why",
    "service-addresses Service traefik/traefik: it holds 192.168.1.250; the plan says 192.168.1.240 => see who holds the planned one: kubectl get svc -A | grep LoadBalancer",
  ]);
  await pin("traefik", "192.168.1.240");
  await pin("minio-lan", "192.168.1.241");
  await addressIs("traefik", "192.168.1.240");
  await addressIs("minio-lan", "192.168.1.241");
});

stage.claim("objects of foundation that somebody deleted are named", async () => {
  const lost = [
    theOne("PriorityClass", ""),
    theOne("ResourceQuota", "jupyter"),
    theOne("LimitRange", "mlflow"),
    theOne("NetworkPolicy", "monitoring", "default-deny"),
    theOne("ConfigMap", "platform-system", "platform-plan"),
  ];
  for (const object of lost) await cluster.api.delete(object);
  const said = await asAdmin();
  const named = diagnosisOf(said).findings.map(({ id, object, fix }) => `${id} ${object} => ${fix}`);
  const sync = "=> sync the Application foundation";
  expect({ code: said.exitCode, named }).toEqual({
    code: 1,
    named: [
      `priority-classes PriorityClass ${lost[0]?.name} ${sync}`,
      `quotas Namespace jupyter ${sync}`,
      `limit-ranges Namespace mlflow ${sync}`,
      `closed-namespaces NetworkPolicy monitoring/default-deny ${sync}`,
      `plan-record ConfigMap platform-system/platform-plan ${sync}`,
    ],
  });
  await applyInOrder(
    cluster.api,
    rendered.index.all.filter(({ kind, namespace, name }) =>
      lost.some(
        (one) => one.kind === kind && (one.namespace ?? "") === (namespace ?? "") && one.name === name,
      ),
    ),
  );
});

stage.claim("pods that cannot start are named, with the cluster's own reason", async () => {
  const nowhere = pod(NAMESPACE, "nowhere");
  await cluster.api.apply({
    ...nowhere,
    spec: { ...Object(nowhere.spec), nodeSelector: { where: "nowhere" } },
  });
  const typo = pod(NAMESPACE, "typo", { "proof.t495.dev/never-ready": "true" });
  await cluster.api.apply(typo);
  await eventually(
    "the pod has a place",
    async () => "nodeName" in Object((await cluster.api.get(nameOf(typo))).spec),
  );
  // The kubelet's part; nobody pulls here.
  const state = { waiting: { reason: "ErrImagePull", message: "registry.invalid: no such host" } };
  const status = {
    name: "filler-0",
    image: "registry.invalid/filler:1",
    imageID: "",
    ready: false,
    restartCount: 0,
  };
  await cluster.api.patch(nameOf(typo), { status: { containerStatuses: [{ ...status, state }] } }, "status");
  const [first, second, ...others] = await errors();
  expect(first).toMatch(
    /^pods-start Pod default\/nowhere: it has no place on the node: 0\/1 nodes are available: 1 node\(s\) didn't match .*=> kubectl -n default describe pod nowhere/,
  );
  expect(second).toMatch(
    /^pods-start Pod default\/typo: filler-0 does not start: ErrImagePull, registry\.invalid: no such host => check the image's name/,
  );
  expect(others).toEqual([]);
  for (const object of [nowhere, typo]) await cluster.api.delete(nameOf(object));
});

stage.claim("a node with less memory than planned, and one that reserves nothing, are named", async () => {
  const node = { apiVersion: "v1", kind: "Node", name: rendered.plan.node.name };
  const { capacity } = nodeLedger(rendered.plan).memory;
  const { status } = await cluster.api.get(node);
  const { allocatable } = status as { allocatable: { memory: string } };
  const give = (real: bigint, pods: string): Promise<unknown> => {
    const memory = writeAmount("memory", real);
    return cluster.api.patch(
      node,
      { status: { capacity: { memory }, allocatable: { memory: pods } } },
      "status",
    );
  };
  await give((capacity * 3n) / 4n, allocatable.memory);
  expect(await errors()).toEqual([
    expect.stringMatching(
      /^node-capacity Node t495: it has .* of memory; the plan gives away 38\.75 Gi => set global\.node\.memory\.capacity to .* in the profile/,
    ),
  ]);
  await give(capacity, writeAmount("memory", capacity));
  expect(await errors()).toEqual([
    "node-capacity Node t495: nothing is reserved: pods may take all memory, K3s' own included => have the kubelet read /etc/rancher/k3s/kubelet.yaml: sudo sh node/install.sh t495 on the node",
  ]);
  await give(capacity, allocatable.memory);
});

stage.claim("a kubeconfig without rights, or with few, gets no verdict", async () => {
  const denied = await visit(cluster, await cluster.kubeconfigOf(NAMESPACE, "default"));
  expect(denied).toMatchObject({ exitCode: 2, stdout: "" });
  expect(denied.stderr).toMatch(/^error: the node t495 cannot be read: the cluster refuses: .*Forbidden/);
  expect(denied.stderr).toContain("fix: use the kubeconfig of an administrator");
  for (const object of readsNodes(NAMESPACE)) await cluster.api.apply(object);
  const partly = await visit(cluster, await cluster.kubeconfigOf(NAMESPACE, "default"));
  expect(partly).toMatchObject({ exitCode: 2, stdout: "" });
  expect(partly.stderr).toMatch(/^error: the cluster refuses: .*Forbidden/);
});

stage.claim("an API server that does not answer gets none either", async () => {
  await cluster.programs.find(({ name }) => name === "kube-apiserver")?.stop("SIGKILL");
  const said = await asAdmin();
  expect(said).toMatchObject({ exitCode: 2, stdout: "" });
  expect(said.stderr).toMatch(/^error: the node t495 cannot be read: the cluster does not answer: /);
  expect(said.stderr).toContain("fix: check that the node runs");
});

stage.notTried(
  "the kubelet's own configuration is held against the plan",
  "there is no kubelet here that could be asked; fixtures try each difference",
);

async function asAdmin(): ReturnType<typeof visit> {
  return visit(cluster, await cluster.kubeconfig("admin"));
}

/** The errors of a visit, which must say so by its exit code; `id object: message => fix`. */
async function errors(): Promise<readonly string[]> {
  const said = await asAdmin();
  expect({ code: said.exitCode, stderr: said.stderr }).toEqual({ code: 1, stderr: "" });
  return findingsIn(said);
}

function pod(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): KubernetesObject {
  const made = fillerPod({ namespace, name, priorityClass: "low-priority", requests: SMALL, limits: SMALL });
  return { ...made, metadata: { ...made.metadata, labels } };
}

function nameOf({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject) {
  return { apiVersion: apiVersion ?? "", kind: kind ?? "", namespace, name };
}

/** A rendered object of a kind in a namespace. */
function theOne(kind: string, namespace: string, name?: string) {
  const found = rendered.index.all.find(
    (manifest) =>
      manifest.kind === kind &&
      (manifest.namespace ?? "") === namespace &&
      (name === undefined || manifest.name === name),
  );
  if (found === undefined) throw new Error(`no ${kind} is rendered in ${namespace}`);
  return nameOf(found.object as KubernetesObject);
}

function plannedService(service: string) {
  const found = Object.values(rendered.plan.addresses.services).find((one) => one.service === service);
  if (found === undefined) throw new Error(`the plan has no address for ${service}`);
  return { ...SERVICE, namespace: found.namespace, name: service };
}

async function pin(service: string, address: string): Promise<void> {
  await cluster.api.patch(plannedService(service), { metadata: { annotations: { [ADDRESSES]: address } } });
}

async function addressIs(service: string, address: string | undefined): Promise<void> {
  await eventually(`${service} has ${address ?? "no address"}`, async () => {
    const { status } = await cluster.api.get(plannedService(service));
    const { loadBalancer } = status as { loadBalancer?: { ingress?: { ip?: string }[] } };
    return loadBalancer?.ingress?.[0]?.ip === address;
  });
}
