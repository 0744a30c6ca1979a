import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { at, stringsIn } from "../../manifest/values.ts";
import { defineRule, type Problem } from "../rule.ts";

const ARGOCD = "argoproj.io";

const codes = {
  "other-files-proven": "Argo CD would render other values files than this proof has.",
  "set-names-other-files": "An ApplicationSet passes other values files than the plan names.",
} as const;

/** What is proven is what is deployed. */
export const valueFilesAgree = defineRule({
  id: "value-files-agree",
  group: "gitops",
  severity: "error",
  needs: "plan",
  title: "Argo CD renders the values files that are proven",
  explanation: {
    protects:
      "The proof itself: it is worth something only if Argo CD renders the chart with the same files, and Helm cannot see which files it was given.",
    incident:
      "A profile for a smaller machine was copied and proven, its list of values files was not: Argo CD rendered the 40 GB profile on a 16 GB node.",
    fix: "Put the profile below the umbrella's profiles/ and let it set global.gitops.valueFiles to [values.yaml, profiles/<its name>.yaml].",
    source: "argo-cd v3.5.5 util/helm/cmd.go: values files in the order of spec.source.helm.valueFiles",
  },
  codes,
  *check({ index, plan, valueFiles }) {
    const planned = plan.gitops.valueFiles;
    if (valueFiles !== undefined && !isSameList(planned, valueFiles)) {
      yield {
        code: "other-files-proven",
        path: "global.gitops.valueFiles",
        message: `Argo CD would render with ${planned.join(", ")}; this is proven with ${valueFiles.join(", ")}`,
        actual: planned.join(", "),
        limit: valueFiles.join(", "),
        fix: `set global.gitops.valueFiles to [${valueFiles.join(", ")}] in the profile, which must lie below the umbrella's profiles/`,
      };
    }
    for (const set of index.filter({ group: ARGOCD, kind: "ApplicationSet" })) yield* checkSet(set, planned);
  },
});

function* checkSet(manifest: Manifest, planned: readonly string[]): Generator<Problem<keyof typeof codes>> {
  const helm = at(manifest.object, "spec", "template", "spec", "source", "helm");
  if (helm === undefined) return;
  const passed = stringsIn(at(helm, "valueFiles"));
  if (isSameList(passed, planned)) return;
  yield {
    code: "set-names-other-files",
    manifest,
    path: "spec.template.spec.source.helm.valueFiles",
    message: `its Applications are rendered with ${passed.join(", ") || "no values file"}; the plan names ${planned.join(", ")}`,
    actual: passed.join(", "),
    limit: planned.join(", "),
    fix: "pass global.gitops.valueFiles",
  };
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, position) => item === other[position]);
}
