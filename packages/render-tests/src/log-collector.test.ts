import { beforeAll, describe, expect, test } from "@jest/globals";
import { InputError, type Platform, prove } from "@t495/proof";
import { parseAlloy } from "../test/alloy-configuration.ts";
import { mistakesIn } from "../test/configuration-schema.ts";
import { alloyConfiguration, collectorContainer, promtailConfiguration } from "../test/log-collector.ts";
import { INSTALL_MS, openTestPlatform, PROFILES } from "../test/open-platform.ts";
import { renderDataService } from "../test/render-data-service.ts";

const setting = (text: string): string => `monitoring.promtail.${text}`;
const ALLOY = setting("agent=alloy");

describe("the configuration by its documentation", () => {
  test("Promtail's has no key that the program does not know", async () => {
    expect(mistakesIn("promtail", await promtailConfiguration())).toEqual([]);
  });

  test("Alloy's has no block and no argument that the program does not know", async () => {
    expect(mistakesIn("alloy", await alloyConfiguration())).toEqual([]);
  });

  test("a misspelt key is found in both", async () => {
    const promtail = await promtailConfiguration();
    expect(mistakesIn("promtail", { ...promtail, limit_config: promtail.limits_config })).toEqual([
      ' must NOT have additional properties "limit_config"',
    ]);
    const alloy = await alloyConfiguration();
    expect(mistakesIn("alloy", { ...alloy, "loki.writes": alloy["loki.write"] })).toEqual([
      ' must NOT have additional properties "loki.writes"',
    ]);
  });

  test.each([
    ["a block that is not closed", 'loki.write "x" {', /line 1: a name instead of end/],
    ["an argument that is there twice", "a = 1\na = 2", /line 2: a is there twice/],
    ["a block without its brace", 'loki.write "x"\n', /line 2: \{ instead of end/],
  ])("%s is no configuration of Alloy", (_what, text, message) => {
    expect(() => parseAlloy(text)).toThrow(message);
  });
});

describe("both agents", () => {
  test("send to the same place, and for as long as Loki is down", async () => {
    const [client] = (await promtailConfiguration()).clients;
    const [endpoint] = (await alloyConfiguration())["loki.write"][0]?.endpoint ?? [];
    expect(endpoint?.url).toBe(client?.url);
    expect([client?.backoff_config.max_retries, endpoint?.max_backoff_retries]).toEqual([0, 0]);
  });

  test("cut lines off, and wait with lines, at the same bounds", async () => {
    const settings = [
      "lineKibibytes=32",
      "lineRate=77",
      "lineBurst=99",
      "maxStreams=55",
      "batchKibibytes=128",
    ];
    const { limits_config, scrape_configs, clients } = await promtailConfiguration(settings.map(setting));
    const alloy = await alloyConfiguration(settings.map(setting));
    const [process] = alloy["loki.process"];
    const stages = Object.assign({}, ...(scrape_configs[0]?.pipeline_stages ?? [])) as Record<
      string,
      unknown
    >;
    expect(limits_config).toMatchObject({
      readline_rate: 77,
      readline_burst: 99,
      readline_rate_drop: false,
      max_streams: 55,
      max_line_size: "32KB",
    });
    expect(process?.["stage.limit"]).toEqual([{ rate: 77, burst: 99, drop: false }]);
    expect(alloy["loki.write"][0]?.max_streams).toBe(55);
    expect(stages.cri).toEqual({ ...process?.["stage.cri"][0] });
    expect(stages.cri).toMatchObject({ max_partial_line_size: 32 * 1024 });
    expect([clients[0]?.batchsize, alloy["loki.write"][0]?.endpoint[0]?.batch_size]).toEqual([
      131072,
      "128KiB",
    ]);
  });

  test("keep neither the file nor the output as a label, and the output beside the line", async () => {
    const stages = (await promtailConfiguration()).scrape_configs[0]?.pipeline_stages ?? [];
    const [process] = (await alloyConfiguration())["loki.process"];
    expect(stages.map((stage) => Object.keys(stage)[0])).toEqual(["cri", "structured_metadata", "labeldrop"]);
    expect(stages[1]?.structured_metadata).toEqual(process?.["stage.structured_metadata"][0]?.values);
    expect(stages[2]?.labeldrop).toEqual(process?.["stage.label_drop"][0]?.values);
  });

  test("write down how far they came on the host, and Alloy reads what Promtail wrote there", async () => {
    const { positions } = await promtailConfiguration();
    const [source] = (await alloyConfiguration())["loki.source.file"];
    expect(positions.filename).toBe("/var/lib/promtail/positions.yaml");
    expect(source?.legacy_positions_file).toBe(positions.filename);
    for (const settings of [[], [ALLOY]]) {
      const daemonSet = (await renderDataService("promtail", settings)).filter({ kind: "DaemonSet" })[0];
      const pod = JSON.stringify(daemonSet?.object);
      expect(pod).toContain('"hostPath":{"path":"/var/lib/promtail","type":"DirectoryOrCreate"}');
    }
    expect((await collectorContainer([ALLOY])).args).toContain("--storage.path=/var/lib/promtail/alloy");
  });

  test("run as root without a single capability", async () => {
    for (const settings of [[], [ALLOY]]) {
      expect((await collectorContainer(settings)).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      });
    }
  });

  test("may list and watch pods, and nothing else", async () => {
    for (const settings of [[], [ALLOY]]) {
      const roles = (await renderDataService("promtail", settings)).filter({ kind: "ClusterRole" });
      expect(roles.map(({ object }) => object.rules)).toEqual([
        [{ apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] }],
      ]);
    }
  });
});

describe("one value", () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await openTestPlatform();
  }, INSTALL_MS);

  test.each(PROFILES)("puts Alloy in Promtail's place within the budget of %s", async (profile) => {
    const { manifests } = await platform.render({ profile, settings: [ALLOY] });
    const proof = prove({ manifests, today: "2026-11-24", tools: {} });
    expect(proof.findings).toEqual([]);
    expect(proof.exceptions.map(({ name }) => name)).not.toContain("promtail-end-of-life");
    const daemonSet = manifests.find(({ kind, name }) => kind === "DaemonSet" && name === "promtail");
    expect(JSON.stringify(daemonSet?.object)).toContain("docker.io/grafana/alloy:v1.20.1@sha256:");
  });

  test("says that Promtail has ended, while it runs", async () => {
    const { manifests } = await platform.render({ profile: "t495" });
    const later = prove({ manifests, today: "2027-07-01", tools: {} }).findings.map(({ code }) => code);
    expect(later).toEqual(expect.arrayContaining(["end-of-life", "expired-exception"]));
  });

  test.each([
    ["a third agent", "agent=fluent-bit", /agent/],
    ["a directory of the host that is not its own", "stateDirectory=/var/lib", /stateDirectory/],
    ["a limit too small for Alloy", "agent=alloy,monitoring.promtail.resources.limits.memory=128Mi", /Alloy/],
    ["a limit too small for Promtail", "resources.limits.memory=64Mi", /at least 96Mi/],
    ["a misspelt key", "lineRates=1", /lineRates/],
  ])("is refused for %s", async (_what, change, message) => {
    const refused = renderDataService("promtail", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});
