import { beforeAll, expect, test } from "@jest/globals";
import { describeReal } from "../test/describe-real.ts";
import {
  alloyConfiguration,
  type LogTarget,
  logTargets,
  promtailConfiguration,
  type RelabelRule,
} from "../test/log-collector.ts";
import { INSTALL_MS } from "../test/open-platform.ts";
import { findRelabel, RELABEL_MISSING } from "../test/relabel-program.ts";
import { renderPlatform } from "../test/render-platform.ts";

const UID = "5f0c7b1e-0000-4000-8000-000000000001";

describeReal("Prometheus' relabelling", await findRelabel(), RELABEL_MISSING, (relabel) => {
  const agents = ["promtail", "alloy"] as const;
  const rules = new Map<string, readonly RelabelRule[]>();
  let targets: readonly LogTarget[];

  beforeAll(async () => {
    targets = logTargets(await renderPlatform());
    rules.set("promtail", (await promtailConfiguration()).scrape_configs[0]?.relabel_configs ?? []);
    rules.set("alloy", (await alloyConfiguration())["discovery.relabel"][0]?.rule ?? []);
  }, INSTALL_MS);

  /** What becomes a label of the stream: Promtail and Alloy drop what begins with two underscores. */
  const streamLabels = (
    labels: Readonly<Record<string, string>> | null | undefined,
  ): Record<string, string> =>
    Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !name.startsWith("__")));

  async function labelled(agent: string, labels: Record<string, string>): Promise<Record<string, string>> {
    const [answer] = await relabel(rules.get(agent) ?? [], [labels]);
    return { ...answer };
  }

  test.each(agents)("of %s finds the kubelet's file of every container", async (agent) => {
    const answers = await relabel(
      rules.get(agent) ?? [],
      targets.map(({ labels }) => labels),
    );
    expect(targets.length).toBeGreaterThan(15);
    for (const [number, { namespace, pod, container }] of targets.entries()) {
      expect(answers[number]).toMatchObject({
        __path__: `/var/log/pods/${namespace}_${pod}_${UID}/${container}/*.log`,
        __host__: "t495",
      });
    }
  });

  test.each(agents)("of %s gives each of them the same few labels", async (agent) => {
    const answers = await relabel(
      rules.get(agent) ?? [],
      targets.map(({ labels }) => labels),
    );
    for (const [number, { namespace, pod, container, labels }] of targets.entries()) {
      expect(streamLabels(answers[number])).toEqual({
        namespace,
        pod,
        container,
        node: "t495",
        app: labels.__meta_kubernetes_pod_label_app_kubernetes_io_name,
        role: labels.__meta_kubernetes_pod_label_app_kubernetes_io_component,
      });
    }
  });

  test("is the same for both agents", () => {
    expect(rules.get("alloy")).toEqual(rules.get("promtail"));
  });

  test.each([
    ["the older label of K3s' own pods", { k8s_app: "kube-dns" }, "kube-dns"],
    ["the label `app` before it", { app: "web", k8s_app: "older" }, "web"],
    [
      "the newest label before both",
      { app_kubernetes_io_name: "store", app: "web", k8s_app: "older" },
      "store",
    ],
    ["the container's name without any", {}, "coredns"],
  ])("calls an application by %s", async (_what, given, app) => {
    const labels = {
      __meta_kubernetes_namespace: "kube-system",
      __meta_kubernetes_pod_name: "coredns-0",
      __meta_kubernetes_pod_uid: UID,
      __meta_kubernetes_pod_container_name: "coredns",
      __meta_kubernetes_pod_node_name: "t495",
      ...Object.fromEntries(
        Object.entries(given).map(([name, value]) => [`__meta_kubernetes_pod_label_${name}`, value]),
      ),
    };
    // Without a role there is no such label, rather than an empty one.
    expect(streamLabels(await labelled("promtail", labels))).toEqual({
      namespace: "kube-system",
      pod: "coredns-0",
      container: "coredns",
      node: "t495",
      app,
    });
  });
});
