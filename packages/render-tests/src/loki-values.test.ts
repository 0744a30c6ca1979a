import { describe, expect, test } from "@jest/globals";
import { InputError } from "@t495/proof";
import { load } from "js-yaml";
import { mistakesIn } from "../test/configuration-schema.ts";
import { renderDataService } from "../test/render-data-service.ts";

const setting = (text: string): string => `monitoring.loki.${text}`;

interface Configuration {
  readonly [section: string]: unknown;
  readonly ingester: {
    readonly chunk_target_size: number;
    readonly chunk_block_size: number;
    readonly wal: { readonly replay_memory_ceiling: string };
  };
  readonly limits_config: { readonly [limit: string]: unknown };
  readonly compactor: { readonly [name: string]: unknown };
  readonly querier: { readonly max_concurrent: number };
  readonly query_range: { readonly results_cache: { readonly cache: Cache } };
  readonly chunk_store_config: { readonly chunk_cache_config: Cache };
}

interface Cache {
  readonly embedded_cache: { readonly max_size_mb: number };
}

async function configurationOf(...settings: string[]): Promise<Configuration> {
  const manifests = await renderDataService("loki", settings.map(setting));
  const data = manifests.find("", "ConfigMap", "monitoring", "loki")?.object.data;
  return load((data as Record<string, string>)["loki.yaml"] ?? "") as Configuration;
}

/** MiB of each share; every one of them is a ceiling of the program's own. */
function shares(configuration: Configuration): {
  ingest: number;
  replay: number;
  caches: number;
  lines: number;
} {
  const { ingester, limits_config: limits, query_range, chunk_store_config } = configuration;
  const perStream = ingester.chunk_target_size + ingester.chunk_block_size;
  return {
    ingest: (Number(limits.max_global_streams_per_user) * perStream) / 2 ** 20,
    replay: Number.parseInt(ingester.wal.replay_memory_ceiling, 10),
    caches:
      query_range.results_cache.cache.embedded_cache.max_size_mb +
      chunk_store_config.chunk_cache_config.embedded_cache.max_size_mb,
    lines:
      (Number(limits.max_entries_limit_per_query) * Number.parseInt(String(limits.max_line_size), 10)) / 1024,
  };
}

describe("the configuration by its documentation", () => {
  test("has no key that Loki does not know", async () => {
    expect(mistakesIn("loki", await configurationOf())).toEqual([]);
  });

  test("a misspelt key, and a unit that Go does not have, are found", async () => {
    const configuration = await configurationOf();
    const { limits_config: limits, ...others } = configuration;
    expect(mistakesIn("loki", { ...others, limit_config: limits, limits_config: limits })).toEqual([
      ' must NOT have additional properties "limit_config"',
    ]);
    const days = { ...configuration, limits_config: { ...limits, retention_period: "7d" } };
    expect(mistakesIn("loki", days)).toEqual([
      expect.stringContaining("/limits_config/retention_period must match pattern"),
    ]);
  });

  test("retention names its store for deletions, without which Loki does not start", async () => {
    const configuration = await configurationOf();
    const { delete_request_store: _, ...without } = configuration.compactor;
    expect(mistakesIn("loki", { ...configuration, compactor: without })).not.toEqual([]);
  });
});

describe("what follows from the memory limit", () => {
  test.each([
    ["384Mi", 384],
    ["768Mi", 768],
    ["2Gi", 2048],
  ])("at %s everything that Loki holds fits together", async (limit, mebibytes) => {
    const configuration = await configurationOf(`resources.limits.memory=${limit}`);
    const { ingest, replay, caches, lines } = shares(configuration);
    const goLimit = (mebibytes * 80) / 100;
    const most = Math.max(ingest, replay) + caches + lines;
    expect(most).toBeLessThanOrEqual(goLimit);
    // No share is so small that it would bound nothing but the work.
    expect(most).toBeGreaterThan(goLimit / 2);
  });

  test("a bigger limit holds more streams, accepts more and answers more at once", async () => {
    const [small, large] = await Promise.all([
      configurationOf("resources.limits.memory=384Mi"),
      configurationOf("resources.limits.memory=2Gi"),
    ]);
    const figures = ({ limits_config: limits, querier }: Configuration): unknown => [
      limits.max_global_streams_per_user,
      limits.ingestion_rate_mb,
      querier.max_concurrent,
    ];
    expect([figures(small), figures(large)]).toEqual([
      [357, 2, 1],
      [1909, 10, 8],
    ]);
  });

  test("Go collects harder below the limit", async () => {
    const manifests = await renderDataService("loki");
    expect(JSON.stringify(manifests.filter({ kind: "StatefulSet" })[0]?.object)).toContain(
      '{"name":"GOMEMLIMIT","value":"614MiB"}',
    );
  });
});

describe("what follows from a value", () => {
  test("retention is applied to what is stored, to what is accepted and to what is asked", async () => {
    const { limits_config: limits, compactor } = await configurationOf("retentionDays=30");
    expect(limits).toMatchObject({
      retention_period: "720h",
      reject_old_samples_max_age: "720h",
      max_query_lookback: "720h",
    });
    expect(compactor.retention_enabled).toBe(true);
  });

  test("nothing can be deleted by request, and no usage is reported", async () => {
    const { limits_config: limits, analytics } = await configurationOf();
    expect(limits.deletion_mode).toBe("disabled");
    expect(analytics).toEqual({ reporting_enabled: false });
  });

  test.each([
    [
      "shares that are more than the whole",
      "ingestMemoryPercent=60",
      /are 90 % together, more than goMemoryPercent 80/,
    ],
    [
      "a query that does not fit",
      "mebibytesPerQuery=1000",
      /a query of 1000 MiB \(mebibytesPerQuery\) does not fit/,
    ],
    ["a rate of nothing", "mebibytesPerRate=4000", /nothing would be accepted/],
    [
      "a limit too small to run",
      "resources.limits.memory=64Mi",
      /loki\.resources\.limits\.memory is 64Mi, at least 384Mi/,
    ],
    ["a volume that holds no day", "storage.size=1Gi", /loki\.storage\.size is 1Gi, at least 2Gi/],
    ["retention below a day", "retentionDays=0", /retentionDays/],
    ["a misspelt key", "retentionDay=7", /retentionDay/],
  ])("%s is refused", async (_what, change, message) => {
    const refused = renderDataService("loki", [setting(change)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });
});
