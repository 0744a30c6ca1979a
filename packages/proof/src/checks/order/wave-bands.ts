import { ARGOCD, FOUNDATION, layerOf } from "../../order/applications.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../rule.ts";

export type WaveBandCode = "same-wave" | "bands-overlap" | "layer-before-foundation";

/** The waves of a layer, both ends included. */
export interface WaveBand {
  readonly layer: string;
  readonly first: number;
  readonly last: number;
}

const BAND = 10;
const FOUNDATION_BAND = 16;

/** The waves of a layer: ten from its first, sixteen for foundation; undefined for a layer that the plan does not have. */
export function bandOf(layer: string, { layers }: Plan): WaveBand | undefined {
  const first = Object.hasOwn(layers, layer) ? layers[layer]?.wave : undefined;
  if (first === undefined) return undefined;
  return { layer, first, last: first + (layer === FOUNDATION ? FOUNDATION_BAND : BAND) - 1 };
}

/** Holds the bands of the plan's layers against each other, those of disabled components too. */
export function* checkBands(plan: Plan): Generator<Problem<WaveBandCode>> {
  const bands = bandsInUse(plan);
  for (const [number, first] of bands.entries())
    for (const second of bands.slice(number + 1))
      if (second.first <= first.last) yield collision(first, second);
  const foundation = bandOf(FOUNDATION, plan);
  const argocd = layerOf(ARGOCD, plan);
  for (const band of bands)
    if (foundation !== undefined && band.first < foundation.first && band.layer !== argocd)
      yield {
        code: "layer-before-foundation",
        path: wavePath(band),
        message: `Layer ${band.layer} starts in wave ${band.first}, before ${FOUNDATION} in ${foundation.first}: its namespaces, quotas and priority classes are not there yet`,
        actual: band.first,
        limit: foundation.first,
        fix: `Give ${band.layer} a first wave after ${foundation.last}.`,
      };
}

/** Bands in which anything can stand, in ascending order: a layer without components has no Application. */
function bandsInUse(plan: Plan): readonly WaveBand[] {
  const layers = new Set(
    [FOUNDATION, ARGOCD, ...Object.keys(plan.components)].map((name) => layerOf(name, plan)),
  );
  return [...layers]
    .flatMap((layer) => (layer === undefined ? [] : (bandOf(layer, plan) ?? [])))
    .sort((a, b) => a.first - b.first);
}

function collision(first: WaveBand, second: WaveBand): Problem<WaveBandCode> {
  const same = first.first === second.first;
  return {
    code: same ? "same-wave" : "bands-overlap",
    path: wavePath(second),
    message: same
      ? `Layers ${first.layer} and ${second.layer} both start in wave ${first.first}: Argo CD installs them together and neither waits for the other`
      : `Layer ${second.layer} has the waves ${second.first} to ${second.last} and ${first.layer} ${first.first} to ${first.last}: a wave that both have does not say which comes first`,
    actual: second.first,
    limit: `${first.first} to ${first.last}`,
    fix: `Give ${second.layer} a first wave from ${first.last + 1} on, clear of every other band.`,
  };
}

function wavePath({ layer }: WaveBand): string {
  return `global.layers.${layer}.wave`;
}
