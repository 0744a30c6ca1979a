import { describeObject, type Manifest, type Source } from "../../manifest/kubernetes-object.ts";
import { isClusterScoped } from "../../manifest/scope.ts";
import { defineRule } from "../rule.ts";

export const uniqueObject = defineRule({
  id: "unique-object",
  group: "integrity",
  severity: "error",
  title: "No two templates render the same object",
  explanation: {
    protects: "Every object from being overwritten by another of the same name.",
    incident:
      "Two charts each rendered a ConfigMap `data/settings`. Argo CD applied the second over the first on every sync and called the Application out of sync for ever.",
    fix: "Rename one of the two, or render it in one place.",
    source:
      "argo-cd v3.5.5 docs: RepeatedResourceWarning; objects are keyed by group, kind, namespace and name",
  },
  codes: { "duplicate-object": "The same group, kind, namespace and name once more." },
  *check({ index }) {
    const first = new Map<string, Manifest>();
    for (const manifest of index.all) {
      const { group, kind, name } = manifest;
      if (name === "") continue;
      const namespace = isClusterScoped(group, kind, index) === true ? "" : (manifest.namespace ?? "");
      const identity = `${group}/${kind}/${namespace}/${name}`;
      const earlier = first.get(identity);
      if (earlier === undefined) {
        first.set(identity, manifest);
        continue;
      }
      const object = describeObject(manifest);
      const other = describeSource(earlier.source);
      yield {
        code: "duplicate-object",
        manifest,
        path: "metadata.name",
        message: `${object} of ${describeSource(manifest.source)} is rendered by ${other} too`,
        actual: 2,
        limit: 1,
        fix: `Rename one of the two ${kind} objects, or remove one.`,
      };
    }
  },
});

function describeSource({ file, chart, template, document, line }: Source): string {
  if (chart !== undefined && template !== undefined) return `${chart}/${template}`;
  return `${file === "-" ? "standard input" : file}, document ${document}, line ${line}`;
}
