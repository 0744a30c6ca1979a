import { describeObject, type Manifest, referenceOf } from "../../manifest/kubernetes-object.ts";
import type { ManifestIndex } from "../../manifest/manifest-index.ts";
import { at, objectsIn, stringAt } from "../../manifest/values.ts";
import { generatedComponents } from "../../order/application-sets.ts";
import { ARGOCD, FOUNDATION } from "../../order/applications.ts";
import { firstDifference } from "../../order/first-difference.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem, type Renderings, type Unchecked } from "../rule.ts";

type Code =
  | "lost"
  | "added"
  | "duplicate"
  | "differs"
  | "application-missing"
  | "application-unexpected"
  | "application-twice"
  | "render-not-passed";

/** An object in the rendering that brings it: `root` or a component. */
interface Part {
  readonly rendering: string;
  readonly manifest: Manifest;
}

export const applicationsPartitionPlatform = defineRule<Code>({
  id: "applications-partition-platform",
  group: "order",
  severity: "error",
  title: "Root's rendering and the components', together, are the whole platform",
  explanation: {
    protects:
      "The promise that what is proven is what is deployed: the proof reads one rendering of everything, Argo CD applies one for each component.",
    incident:
      "A template forgot its guard and its ConfigMap was in two Applications, which took turns in overwriting each other; another guard named a component that does not exist, and its Service was never installed, though every check had seen it.",
    fix: "Guard every template with the component that owns it, and let the ApplicationSets list every enabled component once.",
    source: "argo-cd v3.5.5: FailOnSharedResource, docs/operator-manual/applicationset/Generators-List.md",
  },
  codes: {
    lost: "No Application brings an object of the platform.",
    added: "An Application brings an object that the whole rendering does not have.",
    duplicate: "Two Applications bring the same object.",
    differs: "An Application brings the object with another content.",
    "application-missing": "No ApplicationSet makes an Application of an enabled component.",
    "application-unexpected": "An ApplicationSet makes an Application of what is no enabled component.",
    "application-twice": "Two elements make an Application of the same component.",
    "render-not-passed": "The ApplicationSet does not pass global.render.",
  },
  needs: "renderings",
  *check({ index, plan, renderings }) {
    yield* checkObjects(index, renderings);
    yield* checkApplications(renderings.root, plan);
  },
});

function* checkObjects(index: ManifestIndex, renderings: Renderings): Generator<Problem<Code>> {
  const parts = partsByIdentity(renderings);
  const whole = new Set<string>();
  for (const manifest of index.all) {
    const identity = identityOf(manifest);
    if (whole.has(identity)) continue;
    whole.add(identity);
    const [part, ...others] = parts.get(identity) ?? [];
    if (part === undefined) {
      yield {
        code: "lost",
        manifest,
        message: `${describeObject(referenceOf(manifest))} is in the whole rendering and in none of Argo CD's`,
        fix: "Correct the guard of its template: it must name root, foundation or an enabled component.",
      };
      continue;
    }
    for (const other of others) yield duplicate(other, part);
    const difference = firstDifference(manifest.object, part.manifest.object);
    if (difference === undefined) continue;
    yield {
      code: "differs",
      manifest: part.manifest,
      path: difference.path,
      message: `${describeObject(referenceOf(manifest))} differs between the whole rendering and that of ${part.rendering}, first at ${difference.path || "its top"}`,
      actual: difference.actual,
      limit: difference.expected,
      fix: "Let the template read nothing that differs between renderings: neither global.render nor .Release.",
    };
  }
  for (const [identity, [part, ...others]] of parts) {
    if (part === undefined || whole.has(identity)) continue;
    yield {
      code: "added",
      manifest: part.manifest,
      message: `${describeObject(referenceOf(part.manifest))} is in the rendering of ${part.rendering} and not in the whole one, so no rule has seen it`,
      actual: part.rendering,
      fix: "Correct the guard of its template: `all` renders whatever any component renders.",
    };
    for (const other of others) yield duplicate(other, part);
  }
}

function partsByIdentity({ root, components }: Renderings): ReadonlyMap<string, readonly Part[]> {
  const parts = new Map<string, Part[]>();
  for (const [rendering, { all }] of [["root", root] as const, ...components])
    for (const manifest of all) {
      const identity = identityOf(manifest);
      const same = parts.get(identity);
      if (same === undefined) parts.set(identity, [{ rendering, manifest }]);
      else same.push({ rendering, manifest });
    }
  return parts;
}

function identityOf({ group, kind, namespace, name }: Manifest): string {
  return `${group}/${kind}/${namespace ?? ""}/${name}`;
}

function duplicate(part: Part, first: Part): Problem<Code> {
  const twice = part.rendering === first.rendering;
  return {
    code: "duplicate",
    manifest: part.manifest,
    message: twice
      ? `${describeObject(referenceOf(part.manifest))} is twice in the rendering of ${part.rendering}`
      : `${describeObject(referenceOf(part.manifest))} is in the renderings of ${first.rendering} and of ${part.rendering}; their Applications overwrite each other`,
    actual: part.rendering,
    limit: first.rendering,
    fix: `Render it with ${first.rendering} alone, or give each its own name.`,
  };
}

function* checkApplications(root: ManifestIndex, plan: Plan): Generator<Problem<Code> | Unchecked> {
  const generators = new Map<string, Manifest>();
  const enabled = Object.keys(plan.components).filter((name) => plan.components[name]?.enabled);
  // The bootstrap installs Argo CD, and its own Application is no part of the rollout.
  const expected = new Set(enabled.filter((name) => name !== ARGOCD));
  if (Object.hasOwn(plan.layers, FOUNDATION)) expected.add(FOUNDATION);
  let complete = true;
  for (const manifest of root.filter({ group: "argoproj.io", kind: "ApplicationSet" })) {
    const components = generatedComponents(manifest);
    if (components === undefined) {
      complete = false;
      yield {
        unchecked: `Which Applications ${describeObject(referenceOf(manifest))} makes: it has a generator other than a list of components`,
        manifest,
      };
      continue;
    }
    if (components.length > 0 && !passesRender(manifest)) yield renderNotPassed(manifest);
    for (const component of components) {
      const first = generators.get(component);
      if (first !== undefined) yield applicationTwice(manifest, component, first);
      else if (!expected.has(component)) yield applicationUnexpected(manifest, component);
      generators.set(component, first ?? manifest);
    }
  }
  if (complete)
    for (const component of expected)
      if (!generators.has(component))
        yield {
          code: "application-missing",
          path: component === FOUNDATION ? "global.layers.foundation" : `global.components.${component}`,
          message: `No ApplicationSet of root makes an Application of ${component}: it is never installed`,
          actual: component,
          fix: "List it in the ApplicationSet of its layer.",
        };
}

function passesRender({ object }: Manifest): boolean {
  const parameters = objectsIn(at(object, "spec", "template", "spec", "source", "helm", "parameters"));
  return parameters.some(
    (parameter) =>
      parameter.name === "global.render" &&
      /^\{\{-?\s*\.?component\s*-?\}\}$/.test(stringAt(parameter, "value") ?? ""),
  );
}

function renderNotPassed(manifest: Manifest): Problem<Code> {
  return {
    code: "render-not-passed",
    manifest,
    path: "spec.template.spec.source.helm.parameters",
    message: `${describeObject(referenceOf(manifest))} does not pass its element's component as global.render: each of its Applications would render the whole platform`,
    fix: "Add the parameter global.render with the value {{ .component }}.",
  };
}

function applicationTwice(manifest: Manifest, component: string, first: Manifest): Problem<Code> {
  return {
    code: "application-twice",
    manifest,
    path: "spec.generators",
    message: `${describeObject(referenceOf(manifest))} and ${describeObject(referenceOf(first))} both make an Application of ${component}`,
    actual: component,
    fix: "List each component once, in the ApplicationSet of its layer.",
  };
}

function applicationUnexpected(manifest: Manifest, component: string): Problem<Code> {
  return {
    code: "application-unexpected",
    manifest,
    path: "spec.generators",
    message: `${describeObject(referenceOf(manifest))} makes an Application of ${component}, which is no enabled component of the plan`,
    actual: component,
    fix: "Remove the element, or enable the component in global.components.",
  };
}
