/** The limits of go.yaml.in/yaml/v2 `decode.go` against documents that explode by aliases. */
const ALIAS_ALLOWANCE = { low: 400_000, high: 4_000_000, lowRatio: 0.99, highRatio: 0.1 };

/** Whether too many of a document's nodes come from aliases. */
export function isExcessiveAliasing(aliased: number, nodes: number): boolean {
  return aliased > 100 && nodes > 1000 && aliased / nodes > allowedRatio(nodes);
}

function allowedRatio(nodes: number): number {
  const { low, high, lowRatio, highRatio } = ALIAS_ALLOWANCE;
  if (nodes <= low) return lowRatio;
  if (nodes >= high) return highRatio;
  return lowRatio - (lowRatio - highRatio) * ((nodes - low) / (high - low));
}
