import { describeObject, type Manifest } from "../../manifest/kubernetes-object.ts";
import { at, stringAt, textOf } from "../../manifest/values.ts";
import { annotationItems, annotationsOf } from "../../order/annotations.ts";
import type { GeneratedElement } from "../../order/application-sets.ts";
import { FOUNDATION, layerOf } from "../../order/applications.ts";
import type { Plan } from "../../plan/plan.ts";
import { defineRule, type Problem } from "../rule.ts";
import { ARGOPROJ, type ComponentSet, objectsByComponent, readSets } from "./application-sets.ts";

/**
 * Names that a health override of ApplicationSets waits for, where they are not read from the elements: the set is
 * healthy when each of them is.
 */
const EXPECTED = "t495.dev/applications";
/** Kubernetes' and Argo CD's own layer, which no Application brings. */
const SYSTEM = "system";

const codes = {
  "set-missing": "A layer has no ApplicationSet.",
  "application-missing": "Objects of a component are rendered, and nothing makes its Application.",
  "application-empty": "An Application of a component that renders nothing.",
  "application-twice": "Two elements make an Application of one component.",
  "other-layer": "A component's Application is made in another layer's turn.",
  "other-destination": "An Application is sent to another namespace than its component has.",
  "template-unfilled": "The template of a set is read by nothing that understands it.",
  "other-chart": "Applications are rendered from another chart than the plan's.",
  "names-disagree": "The names that Argo CD waits for are not those that are made.",
} as const;

type Code = keyof typeof codes;

/** Every component is installed, once, in its layer's turn, and waited for. */
export const applicationSetsComplete = defineRule({
  id: "application-sets-complete",
  group: "gitops",
  severity: "error",
  needs: "plan",
  title: "Every component has one Application, which its layer waits for",
  explanation: {
    protects:
      "The rollout: what no ApplicationSet lists is never installed, and what the layer does not wait for may come up after the layers that need it.",
    incident:
      "A database was renamed, the list of names that Argo CD waits for was not. The layer above started at once on the first installation, and half of its Jobs gave up before the database was there.",
    fix: "List each enabled component once in the ApplicationSet of its layer, and the same names in the annotation t495.dev/applications where there is one.",
    source: "argo-cd v3.5.5 docs/operator-manual/applicationset/Generators-List.md; argocd/ of this project",
  },
  codes,
  *check({ index, plan }) {
    const { sets, unreadable } = readSets(index);
    for (const manifest of unreadable) {
      yield { unchecked: `which Applications ${describeObject(manifest)} makes`, manifest };
    }
    if (sets.length === 0 && index.filter({ group: ARGOPROJ, kind: "AppProject" }).length === 0) {
      yield { unchecked: "which Applications there are: no ApplicationSet is rendered" };
      return;
    }
    const objects = objectsByComponent(index, plan);
    const makers = new Map<string, ComponentSet>();
    for (const set of sets) {
      for (const element of set.elements) {
        const { component } = element;
        const first = makers.get(component);
        if (first !== undefined) yield twice(set, element, first);
        else makers.set(component, set);
        if (!objects.has(component)) yield empty(set, element);
        yield* misplaced(set, element, plan);
      }
      yield* disagreeing(set);
      yield* unfilled(set);
      yield* otherChart(set, plan);
    }
    if (unreadable.length > 0) return;
    for (const [component, [first]] of objects) {
      if (!makers.has(component) && first !== undefined) yield missing(component, first);
    }
    const layers = new Set(sets.map(({ project }) => project));
    for (const layer of Object.keys(plan.layers)) {
      if (layer === SYSTEM || layers.has(layer)) continue;
      yield {
        code: "set-missing",
        path: `global.layers.${layer}`,
        message: `no ApplicationSet makes Applications of layer ${layer}; one without elements keeps its place`,
        actual: layer,
        fix: "Render its ApplicationSet, with an empty list while no component is enabled.",
      };
    }
  },
});

function missing(component: string, first: Manifest): Problem<Code> {
  return {
    code: "application-missing",
    manifest: first,
    message: `belongs to ${component}, of which no ApplicationSet makes an Application: it is never installed`,
    actual: component,
    fix: "List the component in the ApplicationSet of its layer.",
  };
}

function empty({ manifest }: ComponentSet, { component, path }: GeneratedElement): Problem<Code> {
  return {
    code: "application-empty",
    manifest,
    path,
    message: `makes an Application of ${component}, which renders nothing: Argo CD refuses to sync it, and the layer waits for it`,
    actual: component,
    fix: "Remove the element, or enable the component.",
  };
}

function twice(
  { manifest }: ComponentSet,
  { component, path }: GeneratedElement,
  first: ComponentSet,
): Problem<Code> {
  return {
    code: "application-twice",
    manifest,
    path,
    message: `makes an Application of ${component}, as ${describeObject(first.manifest)} does`,
    actual: component,
    fix: "List each component once.",
  };
}

function* misplaced(set: ComponentSet, element: GeneratedElement, plan: Plan): Generator<Problem<Code>> {
  const { manifest, project } = set;
  const { component, namespace, path } = element;
  const layer = layerOf(component, plan);
  if (layer !== undefined && layer !== project) {
    yield {
      code: "other-layer",
      manifest,
      path,
      message: `makes the Application of ${component} in project ${project}; the component is of layer ${layer}`,
      actual: project,
      limit: layer,
      fix: `List it in the ApplicationSet of ${layer}.`,
    };
  }
  const planned = Object.hasOwn(plan.components, component)
    ? plan.components[component]?.namespace
    : undefined;
  if (component === FOUNDATION || planned === undefined || namespace === planned) return;
  yield {
    code: "other-destination",
    manifest,
    path: `${path}.namespace`,
    message: `sends ${component} to ${namespace ?? "no namespace"}; its objects are rendered for ${planned}`,
    actual: namespace ?? "",
    limit: planned,
    fix: `Write namespace: ${planned}.`,
  };
}

/** Without `goTemplate` only `{{component}}` is filled in: `{{ .component }}` stays as it is. */
function* unfilled({ manifest }: ComponentSet): Generator<Problem<Code>> {
  const template = JSON.stringify(at(manifest.object, "spec", "template") ?? {});
  if (at(manifest.object, "spec", "goTemplate") === true || !/\{\{-?\s*\./.test(template)) return;
  yield {
    code: "template-unfilled",
    manifest,
    path: "spec.goTemplate",
    message:
      "its template is written for Go's templates, and nothing reads it as one: no Application gets its name",
    actual: textOf(at(manifest.object, "spec", "goTemplate") ?? "not set"),
    limit: "true",
    fix: "Set goTemplate: true.",
  };
}

function* otherChart({ manifest }: ComponentSet, { gitops }: Plan): Generator<Problem<Code>> {
  const path = stringAt(manifest.object, "spec", "template", "spec", "source", "path");
  if (path === undefined || path === gitops.path) return;
  yield {
    code: "other-chart",
    manifest,
    path: "spec.template.spec.source.path",
    message: `its Applications are rendered from ${path}; the plan's chart is ${gitops.path}`,
    actual: path,
    limit: gitops.path,
    fix: "Pass global.gitops.path.",
  };
}

function* disagreeing({ manifest, elements }: ComponentSet): Generator<Problem<Code>> {
  const annotations = annotationsOf(manifest);
  if (!annotations.has(EXPECTED)) return;
  const expected = annotationItems(annotations, EXPECTED);
  const made = [...new Set(elements.map(({ component }) => component))];
  const absent = expected.filter((name) => !made.includes(name));
  const ignored = made.filter((name) => !expected.includes(name));
  if (absent.length + ignored.length === 0) return;
  const consequence =
    absent.length > 0
      ? `Argo CD waits for ever for ${absent.join(", ")}`
      : `Argo CD does not wait for ${ignored.join(", ")}`;
  yield {
    code: "names-disagree",
    manifest,
    path: `metadata.annotations["${EXPECTED}"]`,
    message: `${consequence}: the annotation names ${expected.join(", ") || "nothing"}, the generators make ${made.join(", ") || "nothing"}`,
    actual: expected.join(","),
    limit: made.join(","),
    fix: "Write the names of the elements, joined by commas.",
  };
}
