import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, test } from "@jest/globals";

/** What became of one claim of the static proof when the cluster was asked. */
export interface Verdict {
  /** Of the test that tried it, without its ending. */
  readonly file: string;
  readonly stage: string;
  /** One sentence: what is claimed. */
  readonly claim: string;
  readonly verdict: "confirmed" | "refuted" | "not tried";
  /** What was measured, by name. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Why it was refuted or not tried; empty when confirmed. */
  readonly reason: string;
  readonly seconds: number;
}

type Figures = Record<string, number | string>;

/** The claims of one stage; written below `.turbo/claims` when all have been tried. */
export class Stage {
  readonly #file: string;
  readonly #name: string;
  readonly #verdicts: Verdict[] = [];

  /**
   * @param path the test's `import.meta.filename`
   * @param name of the stage, where the test has several; by default the file's
   */
  constructor(path: string, name?: string) {
    this.#file = basename(path, ".cluster.test.ts");
    this.#name = name ?? this.#file;
    afterAll(() => {
      const folder = join(import.meta.dirname, "../../.turbo/claims");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${this.#name}.json`), `${JSON.stringify(this.#verdicts, null, 2)}\n`);
    });
  }

  /** A test that tries a claim; what it measures goes into `figures`. */
  claim(claim: string, attempt: (figures: Figures) => Promise<void>): void {
    test(claim, async () => {
      const started = Date.now();
      const figures: Figures = {};
      const seconds = (): number => Math.round((Date.now() - started) / 100) / 10;
      try {
        await attempt(figures);
        this.#add({ claim, verdict: "confirmed", figures, reason: "", seconds: seconds() });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#add({ claim, verdict: "refuted", figures, reason, seconds: seconds() });
        throw error;
      }
    });
  }

  /** A claim that this machine cannot try; it is reported, never silently left out. */
  notTried(claim: string, reason: string): void {
    this.#add({ claim, verdict: "not tried", figures: {}, reason, seconds: 0 });
  }

  #add(verdict: Omit<Verdict, "file" | "stage">): void {
    this.#verdicts.push({ file: this.#file, stage: this.#name, ...verdict });
  }
}
