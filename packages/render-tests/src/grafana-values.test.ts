import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { InputError, type ManifestIndex, type Platform, prove } from "@t495/proof";
import { load } from "js-yaml";
import { mistakesIn } from "../test/configuration-schema.ts";
import { INSTALL_MS, openTestPlatform } from "../test/open-platform.ts";
import { renderDataService } from "../test/render-data-service.ts";

type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>;

jest.setTimeout(60_000);

let platform: Platform;

beforeAll(async () => {
  platform = await openTestPlatform();
}, INSTALL_MS);

const off = (...components: readonly string[]): string[] =>
  components.map((name) => `global.components.${name}.enabled=false`);

async function filesOf(settings: readonly string[] = []): Promise<Readonly<Record<string, string>>> {
  const manifests = await renderDataService("grafana", settings);
  return manifests.find("", "ConfigMap", "monitoring", "grafana")?.object.data as Record<string, string>;
}

async function settingsOf(settings: readonly string[] = []): Promise<Settings> {
  return readIni((await filesOf(settings))["grafana.ini"] ?? "");
}

/** Sections of `key = value`; a line that is neither is a key without a value. */
function readIni(text: string): Settings {
  const sections: Record<string, Record<string, string>> = {};
  let section = "";
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line === "" || /^[#;]/.test(line)) continue;
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    if (name !== undefined) section = name;
    else {
      const [key = "", ...value] = line.split("=");
      sections[section] = { ...sections[section], [key.trim()]: value.join("=").trim() };
    }
  }
  return sections;
}

interface DataSources {
  readonly datasources: readonly { readonly uid: string; readonly isDefault?: boolean }[];
}

async function dataSourcesOf(settings: readonly string[] = []): Promise<DataSources["datasources"]> {
  return (load((await filesOf(settings))["datasources.yaml"] ?? "") as DataSources).datasources;
}

function deploymentOf(manifests: ManifestIndex): {
  spec: { template: { metadata: { annotations: Record<string, string> }; spec: object } };
} {
  return manifests.find("apps", "Deployment", "monitoring", "grafana")?.object as never;
}

describe("the configuration by its documentation", () => {
  test("has no setting that Grafana does not know", async () => {
    expect(mistakesIn("grafana-settings", await settingsOf())).toEqual([]);
  });

  test("a misspelt setting, and a value of the wrong kind, are found", async () => {
    const wrong = {
      ...(await settingsOf()),
      plugins: { preinstal_disabled: "true" },
      database: { wal: "on" },
    };
    expect(mistakesIn("grafana-settings", wrong)).toEqual([
      expect.stringContaining("/database/wal"),
      expect.stringContaining("preinstal_disabled"),
    ]);
  });

  test("provisions data sources and folders by documented keys", async () => {
    const { "datasources.yaml": sources = "", "dashboards.yaml": providers = "" } = await filesOf();
    expect(mistakesIn("grafana-data-sources", load(sources))).toEqual([]);
    expect(mistakesIn("grafana-dashboard-providers", load(providers))).toEqual([]);
  });

  test("keys that they do not have are found", () => {
    const source = { name: "Loki", uid: "loki", type: "loki", access: "proxy", url: "http://loki" };
    const datasources = [{ ...source, jsonData: { httpMethod: "POST" } }];
    expect(mistakesIn("grafana-data-sources", { apiVersion: 1, datasources }).join()).toContain("httpMethod");
    const providers = [{ name: "x", type: "file", options: { path: "/x" }, folderUID: "x" }];
    expect(mistakesIn("grafana-dashboard-providers", { apiVersion: 1, providers }).join()).toContain(
      "folderUID",
    );
  });

  test("its start does not look for plugins, and nothing is told to anybody", async () => {
    const { plugins, analytics, news, security, snapshots } = await settingsOf();
    expect(plugins).toMatchObject({ preinstall_disabled: "true", plugin_admin_enabled: "false" });
    expect(new Set(Object.values({ ...analytics, ...news, ...snapshots }))).toEqual(new Set(["false"]));
    expect(security?.disable_gravatar).toBe("true");
  });

  test("the plugins that are switched off are not those of the data sources", async () => {
    const disabled = (await settingsOf()).plugins?.disable_plugins?.split(",") ?? [];
    expect(disabled.length).toBeGreaterThan(10);
    for (const { uid } of await dataSourcesOf()) expect(disabled).not.toContain(uid);
  });
});

describe("what Grafana has without one of the others", () => {
  test.each([
    [
      "both",
      [],
      [
        ["prometheus", true],
        ["loki", undefined],
      ],
    ],
    ["Prometheus alone", off("loki", "promtail"), [["prometheus", true]]],
    ["Loki alone", off("prometheus"), [["loki", true]]],
  ] as const)("%s", async (_what, settings, expected) => {
    const sources = await dataSourcesOf(settings);
    expect(sources.map(({ uid, isDefault }) => [uid, isDefault])).toEqual(expected);
  });

  test("neither: it says what is missing", async () => {
    const refused = filesOf(off("loki", "promtail", "prometheus"));
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(
      /enable prometheus or loki in global\.components, or disable grafana/,
    );
  });

  test("opens the budget first, while there is one", async () => {
    const home = "default_home_dashboard_path";
    expect((await settingsOf()).dashboards?.[home]).toBe("/etc/grafana/dashboards/platform/budget.json");
    expect((await settingsOf(off("kube-state-metrics"))).dashboards).not.toHaveProperty(home);
  });

  test("mounts a folder only when there is a dashboard in it", async () => {
    const text = JSON.stringify(deploymentOf(await renderDataService("grafana", off("prometheus"))));
    expect(text).toContain("/etc/grafana/dashboards/platform");
    expect(text).not.toContain("/etc/grafana/dashboards/components");
  });

  test.each([
    ["Loki and its collector", ["loki", "promtail"]],
    ["Prometheus", ["prometheus"]],
    ["kube-state-metrics", ["kube-state-metrics"]],
    ["node-exporter", ["node-exporter"]],
    ["Grafana", ["grafana"]],
    ["all of them", ["prometheus", "kube-state-metrics", "node-exporter", "grafana", "loki", "promtail"]],
  ])("%s can be switched off, and the rest is proven", async (_what, components) => {
    const { manifests } = await platform.render({ profile: "t495", settings: off(...components) });
    expect(prove({ manifests, today: "2026-11-24", tools: {} }).findings).toEqual([]);
  });
});

describe("what follows from a value", () => {
  const setting = (text: string): string => `monitoring.grafana.${text}`;

  test("the server's own share follows the memory limit", async () => {
    const share = async (limit: string): Promise<string> =>
      JSON.stringify(
        deploymentOf(await renderDataService("grafana", [setting(`resources.limits.memory=${limit}`)])),
      );
    expect(await share("448Mi")).toContain('"GOMEMLIMIT","value":"246MiB"');
    expect(await share("1Gi")).toContain('"GOMEMLIMIT","value":"563MiB"');
  });

  test("a dashboard that comes or goes is read while it runs; a setting needs a restart", async () => {
    const checksum = async (settings: readonly string[]): Promise<string | undefined> =>
      deploymentOf(await renderDataService("grafana", settings)).spec.template.metadata.annotations[
        "checksum/config"
      ];
    const before = await checksum([]);
    expect(await checksum(off("redis"))).toBe(before);
    expect(await checksum([setting("logLevel=warn")])).not.toBe(before);
  });

  test("it may call its data sources and ask for their names, nothing else", async () => {
    const manifests = await renderDataService("grafana");
    const policy = manifests.find(
      "networking.k8s.io",
      "NetworkPolicy",
      "monitoring",
      "grafana-server",
    )?.object;
    const { egress } = (policy?.spec ?? {}) as { egress: readonly { ports: readonly { port: number }[] }[] };
    const ports = egress.flatMap((rule) => rule.ports.map(({ port }) => port));
    expect([...new Set(ports)].sort((one, other) => one - other)).toEqual([53, 3100, 9090]);
  });

  test.each([
    [
      "a limit too small for its processes",
      "resources.limits.memory=256Mi",
      /grafana\.resources\.limits\.memory is 256Mi/,
    ],
    ["a volume without room for a copy", "storage.size=100Mi", /grafana\.storage\.size is 100Mi/],
    ["a data source that is switched off", "disabledPlugins={loki}", /disabledPlugins/],
    ["a page that asks every five seconds", "minRefreshInterval=5s", /minRefreshInterval/],
    ["a share that leaves its plugins nothing", "goMemoryPercent=95", /goMemoryPercent/],
    ["a misspelt key", "adminPassword=x", /adminPassword/],
  ])("refuses %s", async (_what, change, message) => {
    const refused = renderDataService("grafana", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});
