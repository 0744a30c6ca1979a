import type { ManifestIndex } from "@t495/proof";
import { load } from "js-yaml";
import { stringAt } from "../../proof/src/manifest/values.ts";
import { type Container, containersOf, toWorkload } from "../../proof/src/manifest/workload.ts";
import { type AlloyBlock, parseAlloy } from "./alloy-configuration.ts";
import { renderDataService } from "./render-data-service.ts";

/** The container of the log collector. */
export async function collectorContainer(settings: readonly string[] = []): Promise<Container> {
  const daemonSet = (await renderDataService("promtail", settings)).filter({ kind: "DaemonSet" })[0];
  const workload = daemonSet && toWorkload(daemonSet);
  const [first] = workload === undefined ? [] : containersOf(workload);
  if (first === undefined) throw new Error("no DaemonSet is rendered");
  return first.container;
}

/** Promtail's configuration, as JSON. */
export async function promtailConfiguration(
  settings: readonly string[] = [],
): Promise<PromtailConfiguration> {
  return load(await file("promtail.yaml", settings)) as PromtailConfiguration;
}

/** Alloy's configuration, as JSON. */
export async function alloyConfiguration(settings: readonly string[] = []): Promise<AlloyConfiguration> {
  const text = await file("config.alloy", ["monitoring.promtail.agent=alloy", ...settings]);
  return parseAlloy(text) as unknown as AlloyConfiguration;
}

async function file(name: string, settings: readonly string[]): Promise<string> {
  const manifests = await renderDataService("promtail", settings);
  const data = manifests.find("", "ConfigMap", "monitoring", "promtail")?.object.data;
  const text = stringAt(data, name);
  if (text === undefined) throw new Error(`no ${name} is rendered`);
  return text;
}

/** One relabelling rule, in either program's configuration. */
export interface RelabelRule {
  readonly source_labels: readonly string[];
  readonly regex?: string;
  readonly target_label: string;
  readonly replacement?: string;
}

/** Of Promtail's configuration, what tests read. */
export interface PromtailConfiguration {
  readonly clients: readonly {
    readonly url: string;
    readonly batchsize: number;
    readonly backoff_config: { readonly max_retries: number };
  }[];
  readonly positions: { readonly filename: string };
  readonly limits_config: { readonly [name: string]: unknown };
  readonly scrape_configs: readonly {
    readonly relabel_configs: readonly RelabelRule[];
    readonly pipeline_stages: readonly { readonly [stage: string]: unknown }[];
  }[];
}

/** Of Alloy's configuration, what tests read. */
export interface AlloyConfiguration {
  readonly "discovery.relabel": readonly { readonly rule: readonly RelabelRule[] }[];
  readonly "loki.source.file": readonly { readonly legacy_positions_file: string }[];
  readonly "loki.process": readonly {
    readonly "stage.cri": readonly AlloyBlock[];
    readonly "stage.structured_metadata": readonly { readonly values: Readonly<Record<string, string>> }[];
    readonly "stage.label_drop": readonly { readonly values: readonly string[] }[];
    readonly "stage.limit": readonly AlloyBlock[];
  }[];
  readonly "loki.write": readonly {
    readonly max_streams: number;
    readonly endpoint: readonly {
      readonly url: string;
      readonly batch_size: string;
      readonly max_backoff_retries: number;
    }[];
  }[];
}

/** A container as discovery hands it to the rules: one target for each of its ports, or one without. */
export interface LogTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** The targets of every container that the platform renders, on a node called `t495`. */
export function logTargets(manifests: ManifestIndex): readonly LogTarget[] {
  return manifests.all.flatMap((manifest) => {
    const workload = toWorkload(manifest);
    if (workload === undefined) return [];
    const namespace = manifest.namespace ?? "default";
    const pod = `${manifest.name}-x7k2p`;
    return containersOf(workload).map(({ container }) => {
      const name = String(container.name);
      return {
        namespace,
        pod,
        container: name,
        labels: {
          ...podLabels(workload.podMetadata?.labels),
          __address__: "10.42.0.9",
          __meta_kubernetes_namespace: namespace,
          __meta_kubernetes_pod_name: pod,
          __meta_kubernetes_pod_uid: "5f0c7b1e-0000-4000-8000-000000000001",
          __meta_kubernetes_pod_container_name: name,
          __meta_kubernetes_pod_node_name: "t495",
        },
      };
    });
  });
}

/** As Prometheus names labels that its own names cannot hold. */
function podLabels(labels: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries((labels ?? {}) as Record<string, string>).map(([name, value]) => [
      `__meta_kubernetes_pod_label_${name.replace(/[^a-zA-Z0-9_]/g, "_")}`,
      String(value),
    ]),
  );
}
