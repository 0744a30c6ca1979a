import { describe, expect, jest, test } from "@jest/globals";
import { InputError, type Manifest, ManifestIndex, type Plan, readPlan } from "@t495/proof";
import { load } from "js-yaml";
import { openTestPlatform } from "../test/open-platform.ts";
import { renderPlatform } from "../test/render-platform.ts";

/** Each rendering takes a second; a machine that does other things at once may take many. */
jest.setTimeout(60_000);

const NAMESPACE = "longhorn-system";
const GI = 1024 ** 3;
const setting = (text: string): string => `infrastructure.longhorn.${text}`;

interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

const filesIn = (manifests: ManifestIndex, map: string): Readonly<Record<string, string>> =>
  (manifests.find("", "ConfigMap", NAMESPACE, map)?.object.data ?? {}) as Record<string, string>;

const settingsIn = (manifests: ManifestIndex): Readonly<Record<string, string>> =>
  load(filesIn(manifests, "longhorn-default-setting")["default-setting.yaml"] ?? "") as Record<
    string,
    string
  >;

const planIn = (manifests: ManifestIndex): Plan => {
  const plan = readPlan(manifests.all);
  if (plan === undefined) throw new Error("no plan is rendered");
  return plan;
};

async function profile(name: string): Promise<ManifestIndex> {
  const platform = await openTestPlatform();
  return new ManifestIndex((await platform.render({ profile: name })).manifests);
}

const milli = (cpu: string): number => (cpu.endsWith("m") ? Number.parseInt(cpu, 10) : Number(cpu) * 1000);
const gibi = (size: string): number => Number(/^(\d+)Gi$/.exec(size)?.[1]);

describe.each(["t495", "large-64gb"])("%s", (name) => {
  test("the instance manager requests what the plan declares, after Longhorn's own rounding", async () => {
    const manifests = await profile(name);
    const { node, dynamicPods } = planIn(manifests);
    const percents = JSON.parse(settingsIn(manifests)["guaranteed-instance-manager-cpu"] ?? "{}");
    // Longhorn leaves the setting out unless it names both engines.
    expect(Object.keys(percents)).toEqual(["v1", "v2"]);
    // Written as it stores the value: otherwise it writes it anew each time that it compares.
    expect(percents.v1).toBe(String(Number(percents.v1)));
    const allocatable = milli(node.cpu.capacity) - milli(node.cpu.reserved);
    const requested = Math.round((allocatable * Number(percents.v1)) / 100);
    expect(requested).toBe(milli(dynamicPods["longhorn-instance-manager"]?.requests.cpu ?? ""));
    expect(requested).toBe(milli(dynamicPods["longhorn-instance-manager-next"]?.requests.cpu ?? ""));
  });

  test("the driver's containers together are the pods that the plan declares", async () => {
    const manifests = await profile(name);
    const { dynamicPods } = planIn(manifests);
    const resources = JSON.parse(
      settingsIn(manifests)["system-managed-csi-components-resource-limits"] ?? "{}",
    );
    const plugin = ["longhorn-csi-plugin", "node-driver-registrar", "longhorn-liveness-probe"];
    for (const kind of ["requests", "limits"] as const) {
      const sum = (key: string, read: (text: string) => number): number =>
        plugin.reduce(
          (total, container) => total + read((resources[container] as Resources)[kind][key] ?? ""),
          0,
        );
      const declared = dynamicPods["longhorn-csi-plugin"]?.[kind];
      expect(sum("cpu", milli)).toBe(milli(declared?.cpu ?? ""));
      expect(`${sum("memory", (text) => Number.parseInt(text, 10))}Mi`).toBe(declared?.memory);
      for (const sidecar of ["csi-attacher", "csi-provisioner", "csi-resizer"])
        expect(resources[sidecar][kind]).toEqual(dynamicPods[`longhorn-${sidecar}`]?.[kind]);
    }
  });

  test("what every namespace may claim is what Longhorn will schedule", async () => {
    const manifests = await profile(name);
    const { node, namespaces } = planIn(manifests);
    const settings = settingsIn(manifests);
    const capacity = gibi(node.storage.capacity) * GI;
    const reserved = Math.floor(
      (capacity * Number(settings["storage-reserved-percentage-for-default-disk"])) / 100,
    );
    const schedulable =
      ((capacity - reserved) * Number(settings["storage-over-provisioning-percentage"])) / 100;
    const claimable = Object.values(namespaces).reduce(
      (sum, { budget }) => sum + (budget.storage === "0" ? 0 : gibi(budget.storage) * GI),
      0,
    );
    expect(schedulable).toBeGreaterThanOrEqual(claimable);
    // No more than a percent of the disk beyond the plan: the rest is the system's.
    expect(schedulable - (capacity - gibi(node.storage.reserved) * GI)).toBeLessThan(capacity / 100);
    // Filled to the last claim, the disk still has what Longhorn wants free.
    expect(100 - (100 * claimable) / capacity).toBeGreaterThan(
      Number(settings["storage-minimal-available-percentage"]),
    );
  });

  test("every claim names Longhorn's class, which is the default, keeps data and has one replica", async () => {
    const manifests = await profile(name);
    expect(manifests.find("storage.k8s.io", "StorageClass", undefined, "longhorn")?.object).toMatchObject({
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      reclaimPolicy: "Retain",
      parameters: { numberOfReplicas: "1" },
    });
    const texts = JSON.stringify(manifests.all.map(({ object }) => object));
    expect(new Set([...texts.matchAll(/"storageClassName":"([^"]*)"/g)].map(([, found]) => found))).toEqual(
      new Set(["longhorn"]),
    );
  });
});

test("a profile without Longhorn has nothing of it, and claims K3s' class", async () => {
  const manifests = await profile("small-16gb");
  expect(manifests.all.filter(({ object }) => JSON.stringify(object.metadata).includes("longhorn"))).toEqual([
    expect.objectContaining({ kind: "Namespace", name: NAMESPACE }),
    ...manifests.filter({ kind: "ResourceQuota" }).filter(({ namespace }) => namespace === NAMESPACE),
  ]);
  expect(
    JSON.stringify(manifests.filter({ kind: "PersistentVolumeClaim" }).map(({ object }) => object.spec)),
  ).toContain('"storageClassName":"local-path"');
});

describe("data goes only when a person asks for it", () => {
  const argocd = ({ object }: Manifest): string | undefined =>
    object.metadata.annotations?.["argocd.argoproj.io/sync-options"];

  test("nothing is deleted by a setting, and uninstalling is refused", async () => {
    expect(settingsIn(await renderPlatform())).toMatchObject({
      "deleting-confirmation-flag": "false",
      "orphan-resource-auto-deletion": "",
      "auto-salvage": "true",
    });
  });

  test("definitions are never pruned, and what volumes need only after a person has confirmed", async () => {
    const manifests = await renderPlatform();
    const definitions = manifests
      .filter({ kind: "CustomResourceDefinition" })
      .filter(({ name }) => name.endsWith(".longhorn.io"));
    expect(definitions).toHaveLength(25);
    for (const definition of definitions) expect(argocd(definition)).toBe("Prune=false,Delete=false");
    const needed = [
      ["apps", "DaemonSet", NAMESPACE, "longhorn-manager"],
      ["apps", "Deployment", NAMESPACE, "longhorn-driver-deployer"],
      ["", "ServiceAccount", NAMESPACE, "longhorn"],
      ["", "ConfigMap", NAMESPACE, "longhorn-default-setting"],
      ["", "ConfigMap", NAMESPACE, "longhorn-default-resource"],
      ["", "Service", NAMESPACE, "longhorn-backend"],
      ["", "Service", NAMESPACE, "longhorn-admission-webhook"],
      ["rbac.authorization.k8s.io", "ClusterRole", undefined, "longhorn"],
      ["rbac.authorization.k8s.io", "ClusterRoleBinding", undefined, "longhorn"],
      ["storage.k8s.io", "StorageClass", undefined, "longhorn"],
    ] as const;
    for (const [group, kind, namespace, name] of needed) {
      const manifest = manifests.find(group, kind, namespace, name);
      expect([name, manifest && argocd(manifest)]).toEqual([name, "Prune=confirm,Delete=confirm"]);
    }
  });
});

describe("what follows from a value", () => {
  test("backups are made where there is a target", async () => {
    const jobs = (manifests: ManifestIndex): readonly string[] =>
      manifests.filter({ group: "longhorn.io", kind: "RecurringJob" }).map(({ name }) => name);
    const backed = await renderPlatform([
      setting("backup.target=s3://volumes@home/"),
      setting("backup.credentialSecret=longhorn-backup"),
    ]);
    expect(jobs(await renderPlatform())).toEqual(["trim"]);
    expect(jobs(backed)).toEqual(["trim", "backup"]);
    expect(load(filesIn(backed, "longhorn-default-resource")["default-resource.yaml"] ?? "")).toEqual({
      "backup-target": "s3://volumes@home/",
      "backup-target-credential-secret": "longhorn-backup",
      "backupstore-poll-interval": "300",
    });
  });

  test("the snapshotter runs, and may do its work, only when the plan declares it", async () => {
    const replicas = (manifests: ManifestIndex): string | undefined =>
      /"CSI_SNAPSHOTTER_REPLICA_COUNT","value":"(\d)"/.exec(
        JSON.stringify(manifests.find("apps", "Deployment", NAMESPACE, "longhorn-driver-deployer")?.object),
      )?.[1];
    const may = (manifests: ManifestIndex): boolean =>
      JSON.stringify(
        manifests.find("rbac.authorization.k8s.io", "ClusterRole", undefined, "longhorn")?.object,
      ).includes("snapshot.storage.k8s.io");
    const without = await renderPlatform();
    const withIt = await renderPlatform(["global.dynamicPods.longhorn-csi-snapshotter.enabled=true"]);
    expect([replicas(without), may(without)]).toEqual(["0", false]);
    expect([replicas(withIt), may(withIt)]).toEqual(["1", true]);
  });

  test("the class is there before the manager, which otherwise makes one that deletes", async () => {
    const manifests = await renderPlatform();
    const wave = (manifest: Manifest | undefined): number =>
      Number(manifest?.object.metadata.annotations?.["argocd.argoproj.io/sync-wave"]);
    const storageClass = manifests.find("storage.k8s.io", "StorageClass", undefined, "longhorn");
    expect(settingsIn(manifests)["default-longhorn-static-storage-class"]).toBe(storageClass?.name);
    expect(wave(storageClass)).toBeLessThan(
      wave(manifests.find("apps", "DaemonSet", NAMESPACE, "longhorn-manager")),
    );
  });

  test("the data's mount has the name by which the manager looks whether mounts reach the host", async () => {
    const manager = (await renderPlatform()).find("apps", "DaemonSet", NAMESPACE, "longhorn-manager")?.object;
    expect(JSON.stringify(manager)).toContain(
      '{"name":"longhorn","mountPath":"/var/lib/longhorn/","mountPropagation":"Bidirectional"}',
    );
  });

  test("without Traefik's login there is no way to the pages from outside", async () => {
    const ingress = (manifests: ManifestIndex): Manifest | undefined =>
      manifests.find("networking.k8s.io", "Ingress", NAMESPACE, "longhorn");
    expect(ingress(await renderPlatform())?.object.metadata.annotations).toMatchObject({
      "traefik.ingress.kubernetes.io/router.middlewares": "dashboards@file",
    });
    expect(ingress(await renderPlatform(["global.components.traefik.enabled=false"]))).toBeUndefined();
  });

  test("no account of its has the rights of an administrator", async () => {
    const roles = (await renderPlatform()).all.filter(
      ({ kind, name, namespace }) =>
        kind.endsWith("Role") && (name === "longhorn" || namespace === NAMESPACE),
    );
    expect(roles).toHaveLength(2);
    for (const { object } of roles) {
      expect(JSON.stringify(object.rules)).not.toMatch(/"\*"|"escalate"|"bind"|"impersonate"/);
      expect(JSON.stringify(object.rules)).not.toMatch(/clusterroles|rolebindings/);
    }
  });

  test.each([
    [
      "a pod too small for its three containers",
      "global.dynamicPods.longhorn-csi-plugin.limits.memory=100Mi",
      /leaves the plugin/,
    ],
    ["a folder without a slash at its end", setting("dataPath=/data"), /dataPath/],
    ["a target that is no address", setting("backup.target=/mnt/backups"), /target/],
    [
      "a CPU request with a fraction",
      "global.dynamicPods.longhorn-instance-manager.requests.cpu=0.5",
      /whole CPUs/,
    ],
    ["a misspelt key", setting("storageclass.fsType=xfs"), /storageclass/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderPlatform([change]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});
