/** A key that stands twice in one mapping: the value above it is lost. */
export interface RepeatedKey {
  /** Keys and positions from the document's root; the last is the key itself. */
  readonly path: readonly (string | number)[];
  /** Offset of the repetition in the text. */
  readonly start: number;
}

/** Repetitions of one document, collected from the inside: each node on the way out puts its key in front. */
export class RepeatedKeys {
  readonly #found: { readonly path: (string | number)[]; readonly start: number }[] = [];

  get found(): readonly RepeatedKey[] {
    return this.#found;
  }

  add(start: number): void {
    this.#found.push({ path: [], start });
  }

  /** Says under which key or position everything stands that was found since there were `known` of them. */
  placeBelow(key: string | number, known: number): void {
    for (let at = known; at < this.#found.length; at += 1) this.#found[at]?.path.unshift(key);
  }
}
