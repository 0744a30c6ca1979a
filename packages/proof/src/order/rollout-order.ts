import type { ManifestIndex } from "../manifest/manifest-index.ts";
import type { Plan } from "../plan/plan.ts";
import { type Application, applicationsOf } from "./applications.ts";
import type { SyncPhase } from "./sync-phase.ts";

/** The objects of one component that Argo CD applies together, before it waits for their health. */
interface RolloutWave {
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly objects: number;
  /** How many of each kind, in the order of the sync. */
  readonly kinds: Readonly<Record<string, number>>;
}

interface RolloutComponent {
  /** Empty for objects of no component of the plan. */
  readonly name: string;
  readonly objects: number;
  readonly waves: readonly RolloutWave[];
}

/** A layer: its components start together, after every component of the band before is healthy. */
export interface RolloutBand {
  /** Empty when the layer is not known, or when there is no plan. */
  readonly layer: string;
  /** First wave of the band; undefined when the layer is not known. */
  readonly wave: number | undefined;
  readonly objects: number;
  readonly components: readonly RolloutComponent[];
}

/** The whole rollout, band after band; objects of no known layer come last. */
export function rolloutOrder(index: ManifestIndex, plan: Plan | undefined): readonly RolloutBand[] {
  const bands = new Map<string, Application[]>();
  for (const application of applicationsOf(index, plan)) {
    const layer = application.layer ?? "";
    const band = bands.get(layer);
    if (band === undefined) bands.set(layer, [application]);
    else band.push(application);
  }
  return [...bands]
    .map(([layer, applications]) => {
      const components = applications
        .map(toComponent)
        .sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1));
      return {
        layer,
        wave: applications[0]?.band,
        objects: components.reduce((sum, { objects }) => sum + objects, 0),
        components,
      };
    })
    .sort((a, b) => (a.wave ?? Number.MAX_SAFE_INTEGER) - (b.wave ?? Number.MAX_SAFE_INTEGER));
}

function toComponent({ name, tasks }: Application): RolloutComponent {
  const waves: { phase: SyncPhase; wave: number; objects: number; kinds: Map<string, number> }[] = [];
  for (const { phase, wave, manifest } of tasks) {
    let current = waves.at(-1);
    if (current?.phase !== phase || current.wave !== wave) {
      current = { phase, wave, objects: 0, kinds: new Map() };
      waves.push(current);
    }
    current.objects++;
    current.kinds.set(manifest.kind, (current.kinds.get(manifest.kind) ?? 0) + 1);
  }
  return {
    name,
    objects: tasks.length,
    waves: waves.map((wave) => ({ ...wave, kinds: Object.fromEntries(wave.kinds) })),
  };
}
