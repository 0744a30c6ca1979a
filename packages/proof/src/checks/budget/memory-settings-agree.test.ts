import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { memorySettingsAgree } from "./memory-settings-agree.ts";

testRule(memorySettingsAgree, {
  "ok-go-headroom": [],
  "ok-prometheus-ratio": [],
  "ok-prometheus-own-limit": [],
  "ok-memcached": [],
  "ok-loki-caches": [],
  "ok-loki-reads": [],
  "ok-redis": [],
  "ok-last-heap-wins": [],
  "ok-redis-helpers": [],
  "ok-postgresql-clients": [],
  "ok-go-overridden": [],
  "ok-jvm-share": [],
  "ok-volume-of-another-container": [],
  "ok-other-database": [],
  "go-full-limit": ["setting-exceeds-limit"],
  "go-from-the-limit": ["setting-exceeds-limit"],
  "prometheus-ratio": ["setting-exceeds-limit"],
  "prometheus-percent": ["setting-refused"],
  "automatic-share": ["setting-exceeds-limit"],
  "memcached-whole-limit": ["setting-exceeds-limit"],
  "memcached-by-default": ["setting-exceeds-limit"],
  "loki-caches": ["setting-exceeds-limit"],
  "loki-default-ceiling": ["setting-exceeds-limit"],
  "go-above": ["setting-exceeds-limit"],
  "node-heap": ["setting-exceeds-limit"],
  "jvm-heap-in-args": ["setting-exceeds-limit"],
  "heap-size-variable": ["setting-exceeds-limit"],
  "redis-arguments": ["setting-exceeds-limit"],
  "redis-file": ["setting-exceeds-limit"],
  "redis-no-limit": ["setting-unbounded"],
  "redis-not-set": ["setting-unbounded"],
  "redis-by-script": ["setting-unbounded"],
  "redis-last-line": ["setting-exceeds-limit", "setting-exceeds-limit"],
  "redis-upper-case": ["setting-exceeds-limit"],
  "redis-file-elsewhere": ["unchecked"],
  "postgresql-upper-case": ["setting-exceeds-limit"],
  "postgresql-autovacuum": ["setting-exceeds-limit", "setting-exceeds-limit"],
  "go-from-config-maps": ["setting-exceeds-limit", "setting-exceeds-limit", "setting-exceeds-limit"],
  "go-kubernetes-unit": ["setting-refused"],
  "jvm-other-names": ["setting-exceeds-limit", "setting-exceeds-limit"],
  "volume-without-size": ["memory-volume-unbounded"],
  "postgresql-connections": ["setting-exceeds-limit"],
  "postgresql-file": ["setting-exceeds-limit"],
  "loki-replay": ["setting-exceeds-limit"],
  "volume-in-memory": ["memory-volume-exceeds-limit"],
  "heap-beside-volume": ["setting-exceeds-limit"],
  unreadable: ["unchecked", "unchecked", "unchecked"],
});

test("PostgreSQL: buffers, connections, maintenance and autovacuum together", () => {
  // 256 MB + 100 × 16 MB + 64 MB + 3 × 64 MB
  expect(checkRule(memorySettingsAgree, "postgresql-connections")).toMatchObject([
    { actual: "2112 Mi", limit: "1 Gi" },
  ]);
  // 131072 × 8 kB + 20 × 4 MB + 64 MB + 3 × 64 MB
  expect(checkRule(memorySettingsAgree, "postgresql-file")).toMatchObject([
    { actual: "1360 Mi", limit: "1 Gi" },
  ]);
});

test("names the setting, where it stands, and what is left", () => {
  expect(checkRule(memorySettingsAgree, "redis-file")).toMatchObject([
    {
      path: "spec.template.spec.containers[0]",
      message:
        "container redis: maxmemory (1gb, ConfigMap redis, redis.conf) takes 1 Gi, the container's limit is 256 Mi",
      fix: "stay below 256 Mi, or raise the memory limit",
    },
  ]);
  expect(checkRule(memorySettingsAgree, "heap-beside-volume")).toMatchObject([
    { actual: "576 Mi", fix: "stay below 256 Mi, or raise the memory limit" },
  ]);
});

test("says where a variable comes from, and what bounds nothing", () => {
  expect(checkRule(memorySettingsAgree, "go-from-config-maps")).toMatchObject([
    { message: expect.stringContaining("GOMEMLIMIT (1GiB, ConfigMap sizes, go) takes 1 Gi") },
    { message: expect.stringContaining("GOMEMLIMIT (1GiB, ConfigMap all, MEMLIMIT)") },
    { message: expect.stringContaining("GOMEMLIMIT (1GiB, env[1].value)") },
  ]);
  expect(checkRule(memorySettingsAgree, "redis-not-set")).toMatchObject([
    {
      message:
        "container redis: maxmemory (not set, nowhere) bounds nothing: it grows until the kernel kills it at the container's limit of 256 Mi",
    },
  ]);
});

test("leaves a twentieth of the limit to what Go does not count", () => {
  expect(checkRule(memorySettingsAgree, "go-full-limit")).toMatchObject([
    { actual: "256 Mi", limit: "256 Mi", fix: expect.stringMatching(/^set at most 243 Mi, which leaves/) },
  ]);
});

test("Loki: the log and the caches together", () => {
  // 384 MB + 100 MiB by default + 64 MiB
  expect(checkRule(memorySettingsAgree, "loki-caches")).toMatchObject([
    { actual: "548 Mi", limit: "512 Mi" },
  ]);
  expect(checkRule(memorySettingsAgree, "loki-default-ceiling")).toMatchObject([
    { message: expect.stringContaining("replay_memory_ceiling (4GB by default, ConfigMap web, loki.yaml)") },
  ]);
});
