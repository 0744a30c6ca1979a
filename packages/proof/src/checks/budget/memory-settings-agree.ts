import { bytes, formatMemory, parseQuantity } from "../../accounting/quantity.ts";
import { amountOf } from "../../accounting/resource-list.ts";
import { at, objectsIn, stringAt } from "../../manifest/values.ts";
import { type Container, containersOf, type PodSpec } from "../../manifest/workload.ts";
import { defineRule } from "../rule.ts";
import { textsOf } from "./memory-setting.ts";
import { memorySettings } from "./memory-settings.ts";

/** What programs are told about memory agrees with what the kernel allows them. */
export const memorySettingsAgree = defineRule({
  id: "memory-settings-agree",
  group: "budget",
  severity: "error",
  title: "Heaps, caches and buffers fit their container's memory limit",
  explanation: {
    protects:
      "Programs that manage memory themselves: the kernel kills them at the limit, not where they would stop.",
    incident:
      "Redis has maxmemory 512mb in a container of 512Mi. It never evicts a key: the kernel kills it first, with everything in it.",
    fix: "Set the program's own limit below the container's, with room for what it does not count, or raise the container's limit.",
    source:
      "https://go.dev/doc/gc-guide#Memory_limit, https://redis.io/docs/latest/develop/reference/eviction/, https://www.postgresql.org/docs/current/runtime-config-resource.html",
  },
  codes: {
    "setting-exceeds-limit": "A program's own memory setting does not fit the container's limit.",
    "memory-volume-exceeds-limit": "Volumes in memory count towards the limit and fill it alone.",
  },
  *check({ accounting, index }) {
    for (const { workload, admitted } of accounting.workloads) {
      const { manifest, podSpec, podSpecPath } = workload;
      const written = new Map(containersOf(workload).map(({ container, path }) => [path, container]));
      for (const container of admitted.containers) {
        const path = `${podSpecPath}.${container.path}`;
        const source = written.get(path);
        const limit =
          amountOf(container.limits, "memory") ?? amountOf(admitted.podLevel?.limits ?? {}, "memory");
        if (source === undefined || limit === undefined) continue;
        const allowed = bytes(limit);
        const volumes = memoryVolumes(source, podSpec);
        if (volumes >= allowed) {
          yield {
            code: "memory-volume-exceeds-limit",
            manifest,
            path,
            message: `container ${container.name} mounts ${text(volumes)} of volumes in memory, its limit is ${text(allowed)}`,
            actual: text(volumes),
            limit: text(allowed),
            fix: "make sizeLimit of the volumes smaller, or raise the memory limit",
          };
          continue;
        }
        for (const setting of memorySettings(textsOf(source, podSpec, manifest.namespace, index))) {
          const what = `container ${container.name}: ${setting.name} (${setting.value}, ${setting.where})`;
          if (setting.bytes === undefined) {
            yield { unchecked: `${what} cannot be read`, manifest };
            continue;
          }
          const used = setting.bytes + volumes;
          if (used < allowed || (used === allowed && !setting.leavesRoom)) continue;
          yield {
            code: "setting-exceeds-limit",
            manifest,
            path,
            message: `${what} takes ${text(setting.bytes)}${volumes > 0 ? ` beside ${text(volumes)} of volumes in memory` : ""}, the container's limit is ${text(allowed)}`,
            actual: text(used),
            limit: text(allowed),
            fix: `stay below ${text(allowed - volumes)}, or raise the memory limit`,
          };
        }
      }
    }
  },
});

/** Bytes of the memory-backed volumes that a container mounts; the kernel charges them to it. */
function memoryVolumes(container: Container, { volumes }: PodSpec): number {
  const mounted = new Set(objectsIn(container.volumeMounts).map((mount) => stringAt(mount, "name")));
  return objectsIn(volumes)
    .filter(
      (volume) => at(volume, "emptyDir", "medium") === "Memory" && mounted.has(stringAt(volume, "name")),
    )
    .reduce((sum, volume) => sum + bytes(parseQuantity(at(volume, "emptyDir", "sizeLimit")) ?? 0n), 0);
}

function text(size: number): string {
  return formatMemory(BigInt(size) * 1000n);
}
