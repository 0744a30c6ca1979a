import type { Helm } from "@t495/proof";
import { ReleaseRepository } from "../../scripts/test/release-repository.ts";
import type { CliResult } from "../../scripts/test/run-cli.ts";

export const SUMS = "dist/release/SHA256SUMS";

/** A copy of the repository in which no changeset waits: the version in the tree is the one to release. */
export class Releasable extends ReleaseRepository {
  readonly version = String(this.readJson("charts/platform-umbrella/package.json").version);
  readonly #helm: Helm;

  constructor(helm: Helm) {
    super();
    this.#helm = helm;
    this.dropChangesets();
    this.commit();
  }

  /** `platform release …` with the Helm of the tests. */
  stage(words: string, env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    return this.release(words, { env: { HELM_BIN: this.#helm.path, ...env } });
  }
}
