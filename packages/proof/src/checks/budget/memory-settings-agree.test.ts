import { expect, test } from "@jest/globals";
import { checkRule, testRule } from "../../../test/rule-fixtures.ts";
import { memorySettingsAgree } from "./memory-settings-agree.ts";

testRule(memorySettingsAgree, {
  "ok-go-full-limit": [],
  "ok-go-from-the-limit": [],
  "ok-redis": [],
  "ok-last-heap-wins": [],
  "ok-redis-unbounded": [],
  "ok-volume-of-another-container": [],
  "ok-other-database": [],
  "go-above": ["setting-exceeds-limit"],
  "node-heap": ["setting-exceeds-limit"],
  "jvm-heap-in-args": ["setting-exceeds-limit"],
  "heap-size-variable": ["setting-exceeds-limit"],
  "redis-arguments": ["setting-exceeds-limit"],
  "redis-file": ["setting-exceeds-limit"],
  "postgresql-connections": ["setting-exceeds-limit"],
  "postgresql-file": ["setting-exceeds-limit"],
  "loki-replay": ["setting-exceeds-limit"],
  "volume-in-memory": ["memory-volume-exceeds-limit"],
  "heap-beside-volume": ["setting-exceeds-limit"],
  unreadable: ["unchecked", "unchecked", "unchecked"],
});

test("PostgreSQL: buffers, connections and maintenance together", () => {
  // 256 MB + 100 × 16 MB + 64 MB
  expect(checkRule(memorySettingsAgree, "postgresql-connections")).toMatchObject([
    { actual: "1920 Mi", limit: "1 Gi" },
  ]);
  // 131072 × 8 kB + 20 × 4 MB + 64 MB
  expect(checkRule(memorySettingsAgree, "postgresql-file")).toMatchObject([
    { actual: "1168 Mi", limit: "1 Gi" },
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
