import { memcachedSettings, redisSettings } from "./cache-settings.ts";
import { heapSettings } from "./heap-settings.ts";
import { lokiSettings } from "./loki-settings.ts";
import type { ContainerTexts, MemorySetting } from "./memory-setting.ts";
import { postgresqlSettings } from "./postgresql-settings.ts";

/** The memory settings of one container, from its environment, its arguments and its mounted ConfigMaps. */
export function memorySettings(texts: ContainerTexts): readonly MemorySetting[] {
  return [
    ...heapSettings(texts),
    ...redisSettings(texts),
    ...postgresqlSettings(texts),
    ...lokiSettings(texts),
    ...memcachedSettings(texts),
  ];
}
