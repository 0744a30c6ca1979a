import { bytes, formatMemory, parseQuantity } from "../../accounting/quantity.ts";
import { amountOf } from "../../accounting/resource-list.ts";
import { at, objectsIn, stringAt } from "../../manifest/values.ts";
import { type Container, containersOf, type PodSpec } from "../../manifest/workload.ts";
import { defineRule } from "../rule.ts";
import { SOME, textsOf } from "./memory-setting.ts";
import { memorySettings } from "./memory-settings.ts";

const MIB = 1024 ** 2;

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
    "setting-unbounded": "A cache has no bound of its own, so it grows until the kernel kills it.",
    "setting-refused": "The program does not start with the value.",
    "memory-volume-exceeds-limit": "Volumes in memory count towards the limit and fill it alone.",
    "memory-volume-unbounded": "A volume in memory without sizeLimit may grow to the limit of the whole pod.",
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
        const { sum: volumes, unbounded } = memoryVolumes(source, podSpec);
        for (const name of unbounded) {
          yield {
            code: "memory-volume-unbounded",
            manifest,
            path,
            message: `container ${container.name} mounts volume ${name} in memory without sizeLimit: what is written there counts towards the limit of ${text(allowed)} until the kernel kills it`,
            limit: text(allowed),
            fix: "set sizeLimit of the volume below the memory limit, with room for the program",
          };
        }
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
        for (const setting of memorySettings(textsOf(source, podSpec, manifest.namespace, index, allowed))) {
          const what = `container ${container.name}: ${setting.name} (${setting.value}, ${setting.where})`;
          if (setting.bytes === undefined) {
            yield { unchecked: `${what} cannot be read`, manifest };
            continue;
          }
          if (setting.bytes === "unbounded") {
            yield {
              code: "setting-unbounded",
              manifest,
              path,
              message: `${what} bounds nothing: it grows until the kernel kills it at the container's limit of ${text(allowed)}`,
              actual: setting.value,
              limit: text(allowed),
              fix: `set ${setting.name} below ${text(allowed - volumes)}, with room for what the program does not count`,
            };
            continue;
          }
          if (setting.bytes === "refused") {
            yield {
              code: "setting-refused",
              manifest,
              path,
              message: `${what} cannot be read by the program, which ends at once`,
              actual: setting.value,
              fix: "write it in the program's own units: bytes, or with KiB, MiB or GiB for Go",
            };
            continue;
          }
          const used = setting.bytes + volumes;
          if (used + setting.headroom <= allowed) continue;
          const most = Math.max(0, allowed - volumes - setting.headroom);
          yield {
            code: "setting-exceeds-limit",
            manifest,
            path,
            message: `${what} takes ${text(setting.bytes)}${volumes > 0 ? ` beside ${text(volumes)} of volumes in memory` : ""}, the container's limit is ${text(allowed)}`,
            actual: text(used),
            limit: text(allowed),
            fix:
              setting.headroom === SOME
                ? `stay below ${text(allowed - volumes)}, or raise the memory limit`
                : `set at most ${text(most - (most % MIB))}, which leaves room for what the runtime does not count, or raise the memory limit`,
          };
        }
      }
    }
  },
});

/**
 * Bytes of the memory-backed volumes that a container mounts (the kernel charges them to it), and the names of
 * those without a size: they may take as much as the pod.
 * @see k8s.io/kubernetes v1.36.3 pkg/volume/emptydir/empty_dir.go `calculateEmptyDirMemorySize`
 */
function memoryVolumes(
  container: Container,
  { volumes }: PodSpec,
): { readonly sum: number; readonly unbounded: readonly string[] } {
  const mounted = new Set(objectsIn(container.volumeMounts).map((mount) => stringAt(mount, "name")));
  const sizes = objectsIn(volumes)
    .filter(
      (volume) => at(volume, "emptyDir", "medium") === "Memory" && mounted.has(stringAt(volume, "name")),
    )
    .map((volume) => ({
      name: stringAt(volume, "name") ?? "",
      size: bytes(parseQuantity(at(volume, "emptyDir", "sizeLimit")) ?? 0n),
    }));
  return {
    sum: sizes.reduce((sum, { size }) => sum + size, 0),
    unbounded: sizes.filter(({ size }) => size <= 0).map(({ name }) => name),
  };
}

function text(size: number): string {
  return formatMemory(BigInt(size) * 1000n);
}
