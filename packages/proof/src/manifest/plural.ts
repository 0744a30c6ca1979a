/** As Kubernetes itself guesses it (apimachinery v0.36.3, `UnsafeGuessKindToResource`); right for all its kinds. */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith("endpoints")) return singular;
  if (singular.endsWith("s")) return `${singular}es`;
  return singular.endsWith("y") ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
