import { type NodeFiles, type Proof, prove, readPlan } from "@t495/proof";
import type { Rendering } from "@t495/proof/rendering";
import { ownTools, today } from "./edge.ts";
import { noteWarnings, type OpenedPlatform } from "./render-platform.ts";

export interface ProfileToProve {
  readonly profile: string;
  readonly rendering: Promise<Rendering>;
  /** The files of its machine; undefined when it has none. */
  readonly nodeFiles: NodeFiles | undefined;
  /** Ids of the rules to run; empty for all. */
  readonly rules: readonly string[];
  /** Also the rules that compare several renderings. */
  readonly thorough: boolean;
}

/** Holds what Helm renders for one profile against its plan. */
export async function proveProfile(opened: OpenedPlatform, subject: ProfileToProve): Promise<Proof> {
  const { profile, rules, thorough, nodeFiles } = subject;
  const { manifests, warnings } = await subject.rendering;
  noteWarnings(warnings);
  const plan = readPlan(manifests);
  return prove({
    manifests,
    plan,
    renderings:
      thorough && plan !== undefined ? await opened.platform.renderParts({ profile }, plan) : undefined,
    valueFiles: await opened.platform.valueFiles({ profile }),
    nodeFiles,
    rules,
    today: today(),
    tools: { ...ownTools(), helm: opened.helm.version },
  });
}
