import { objectAt } from "../manifest/values.ts";
import { matchesLabels } from "./label-selector.ts";
import type { PodGroup } from "./pod-group.ts";

/** Finds pods by selector without looking at all of them: nearly every selector names an exact label. */
export class PodLookup {
  readonly #all: readonly PodGroup[];
  readonly #byLabel = new Map<string, PodGroup[]>();
  readonly #byNamespace = new Map<string, PodGroup[]>();

  constructor(groups: readonly PodGroup[]) {
    this.#all = groups;
    for (const group of groups) {
      append(this.#byNamespace, group.namespace, group);
      for (const [key, value] of Object.entries(group.labels))
        append(this.#byLabel, `${key}=${value}`, group);
    }
  }

  /** The pods that a LabelSelector matches, in one namespace or in all. */
  select(selector: unknown, namespace?: string): readonly PodGroup[] {
    const candidates = namespace === undefined ? this.#labelled(selector) : this.#byNamespace.get(namespace);
    return (candidates ?? []).filter((group) => matchesLabels(selector, group.labels));
  }

  #labelled(selector: unknown): readonly PodGroup[] | undefined {
    const [key, value] = Object.entries(objectAt(selector, "matchLabels") ?? {})[0] ?? [];
    return typeof value === "string" ? this.#byLabel.get(`${key}=${value}`) : this.#all;
  }
}

function append(groups: Map<string, PodGroup[]>, key: string, group: PodGroup): void {
  const same = groups.get(key);
  if (same === undefined) groups.set(key, [group]);
  else same.push(group);
}
