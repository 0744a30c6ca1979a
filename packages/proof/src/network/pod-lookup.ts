import { objectAt } from "../manifest/values.ts";
import { matchesLabels } from "./label-selector.ts";
import type { PodGroup } from "./pod-group.ts";

/** Finds pods by selector without looking at all of them: nearly every selector names an exact label. */
export class PodLookup {
  readonly #all: readonly PodGroup[];
  readonly #byLabel = new Map<string, PodGroup[]>();

  constructor(groups: readonly PodGroup[]) {
    this.#all = groups;
    for (const group of groups) {
      for (const [key, value] of Object.entries(group.labels)) {
        const same = this.#byLabel.get(`${key}=${value}`);
        if (same === undefined) this.#byLabel.set(`${key}=${value}`, [group]);
        else same.push(group);
      }
    }
  }

  /** The pods that a LabelSelector matches, in all namespaces. */
  select(selector: unknown): readonly PodGroup[] {
    const [key, value] = Object.entries(objectAt(selector, "matchLabels") ?? {})[0] ?? [];
    const indexed = typeof value === "string";
    const candidates = indexed ? (this.#byLabel.get(`${key}=${value}`) ?? []) : this.#all;
    return candidates.filter((group) => matchesLabels(selector, group.labels));
  }
}
