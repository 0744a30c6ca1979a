import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, parseManifests, prove } from "@t495/proof";
import { fixturePlan } from "../../proof/test/rule-fixtures.ts";
import { ROOT } from "./platform.ts";

/** The day on which fixtures are checked. */
const TODAY = "2026-11-24";

export interface Fixture {
  /** `valid-object/misspelt-fields`. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
  /** Each object, and whether some rule reports it. */
  readonly objects: readonly { readonly manifest: Manifest; readonly found: boolean }[];
}

/** Every fixture of every rule, judged by all rules. */
export function readFixtures(): readonly Fixture[] {
  const folder = join(ROOT, "packages/proof/fixtures");
  return (
    readdirSync(folder, { withFileTypes: true })
      // The doctor's fixtures are what a machine answers, not manifests.
      .filter((entry) => entry.isDirectory() && entry.name !== "doctor")
      .flatMap(({ name: rule }) =>
        readdirSync(join(folder, rule))
          .filter((file) => file.endsWith(".yaml") && !/(^|\.)(node|plan|value-files)\.yaml$/.test(file))
          .map((file) => readFixture(`${join(folder, rule)}/`, rule, file.replace(/\.yaml$/, ""))),
      )
  );
}

function readFixture(folder: string, rule: string, name: string): Fixture {
  const manifests = parseManifests(readFileSync(`${folder}${name}.yaml`, "utf8"), `${name}.yaml`);
  const { findings } = prove({ manifests, plan: fixturePlan(folder, name), today: TODAY, tools: {} });
  const reported = new Set(findings.map(({ object }) => identity(object ?? {})));
  return {
    name: `${rule}/${name}`,
    manifests,
    objects: manifests.map((manifest) => ({ manifest, found: reported.has(identity(manifest)) })),
  };
}

function identity({
  kind = "",
  namespace,
  name = "",
}: {
  kind?: string;
  namespace?: string | undefined | null;
  name?: string;
}): string {
  return `${kind} ${namespace ?? ""} ${name}`;
}
