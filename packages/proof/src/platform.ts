import { join, relative, resolve } from "node:path";
import type { Renderings } from "./checks/rule.ts";
import { InputError } from "./errors.ts";
import { assembleChart } from "./helm/assemble-chart.ts";
import type { Helm } from "./helm/find-helm.ts";
import { resolveProfile } from "./helm/profile.ts";
import type { Rendering, RenderRequest } from "./helm/render-chart.ts";
import { createRenderer } from "./helm/renderer.ts";
import { ManifestIndex } from "./manifest/manifest-index.ts";
import { nearest } from "./nearest.ts";
import { ARGOCD, FOUNDATION } from "./order/applications.ts";
import type { Plan } from "./plan/plan.ts";

export const DEFAULT_PROFILE = "t495";

/** The root Application's name and destination, which Argo CD passes on to Helm. */
const ROOT: Release = { releaseName: "platform", namespace: "argocd" };
const ROOT_PART = "root";
/** As the bootstrap and Argo CD's own Application render it. */
const INSTALLATION: Release = { releaseName: ARGOCD, namespace: "argocd" };
/** Where the ApplicationSet of foundation sends it. */
const FOUNDATION_NAMESPACE = "platform-system";

/** As many Helm processes at once: each takes a hundred megabytes. */
const PARALLEL_RENDERINGS = 4;

export interface PlatformOptions {
  /** The umbrella chart's folder. */
  readonly chart: string;
  /** The folder of the chart that installs Argo CD with the umbrella's values; none: somebody else does. */
  readonly argocd?: string;
  readonly cacheDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths of profiles start. */
  readonly cwd: string;
  readonly helm: Helm;
}

/** What to render. */
export interface RenderSelection {
  /** A profile's name or a values file. */
  readonly profile: string;
  /** `key=value`, as after Helm's `--set`. */
  readonly settings?: readonly string[];
}

interface StartedRendering {
  readonly rendering: Promise<Rendering>;
}

/**
 * The umbrella chart of one checkout and the chart that installs Argo CD, rendered as Argo CD renders them; the same
 * request only once.
 */
export interface Platform {
  /** The assembled chart's folder, with every dependency packed. */
  readonly chart: string;
  /** `global.render=all`: what is proven. */
  readonly render: (selection: RenderSelection) => Promise<Rendering>;
  /** The same, but fulfilled as soon as Helm runs, so that the caller can use the time. */
  readonly start: (selection: RenderSelection) => Promise<StartedRendering>;
  /** What a rendering is made from: relative to the umbrella chart where it is in it, else absolute. */
  readonly valueFiles: (selection: RenderSelection) => Promise<readonly string[]>;
  /** `root`, `foundation` or one component, Argo CD too. */
  readonly renderPart: (selection: RenderSelection, part: string) => Promise<Rendering>;
  /** What the rules that compare renderings look at. */
  readonly renderParts: (selection: RenderSelection, plan: Plan) => Promise<Renderings>;
}

/**
 * Assembles the umbrella with its dependencies, as they are on disk now.
 * @throws InputError when a chart is missing or broken.
 */
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { chart, argocd, cacheDirectory, env, cwd, helm } = options;
  const assemble = (folder: string): Promise<string> =>
    assembleChart({ helm, chart: folder, cacheDirectory, env });
  const [assembled, installation] = await Promise.all([
    assemble(chart),
    argocd === undefined ? undefined : assemble(argocd),
  ]);
  const renderer = createRenderer({ helm, cacheDirectory, env });

  const requestOf = async (
    folder: string,
    selection: RenderSelection,
    release: Release,
    part?: string,
  ): Promise<RenderRequest> => {
    const profile = await resolveProfile(selection.profile, { chart, cwd });
    return {
      chart: folder,
      ...release,
      valueFiles: [join(assembled, "values.yaml"), profile.file],
      parameters: part === undefined ? {} : { "global.render": part },
      settings: selection.settings ?? [],
    };
  };
  /** One request for each chart. */
  const wholeOf = async (selection: RenderSelection): Promise<readonly RenderRequest[]> => [
    await requestOf(assembled, selection, ROOT),
    ...(installation === undefined ? [] : [await requestOf(installation, selection, INSTALLATION)]),
  ];
  const renderPart = async (
    selection: RenderSelection,
    part: string,
    plan: Plan | undefined,
  ): Promise<Rendering> => {
    const folder = part === ARGOCD && installation !== undefined ? installation : assembled;
    return renderer.render(await requestOf(folder, selection, releaseOf(part, plan), part));
  };

  return {
    chart: assembled,
    render: async (selection) => joined(await Promise.all((await wholeOf(selection)).map(renderer.render))),
    start: async (selection) => {
      const requests = await wholeOf(selection);
      return { rendering: Promise.all(requests.map(renderer.render)).then(joined) };
    },
    valueFiles: async (selection) => {
      const { file } = await resolveProfile(selection.profile, { chart, cwd });
      const path = relative(resolve(chart), file);
      return ["values.yaml", path.startsWith("..") ? file : path];
    },
    renderPart: async (selection, part) => {
      if (part === ROOT_PART || part === FOUNDATION) return renderPart(selection, part, undefined);
      const { manifests } = await renderPart(selection, FOUNDATION, undefined);
      // Not loaded before Helm has started: it takes as long as a part of Helm's run.
      const { readPlan } = await import("./plan/read-plan.ts");
      return renderPart(selection, part, readPlan(manifests));
    },
    renderParts: async (selection, plan) => {
      const components = Object.entries(plan.components).filter(([, { enabled }]) => enabled);
      const names = [ROOT_PART, FOUNDATION, ...components.map(([name]) => name)];
      const indexes = await mapInParallel(names, async (name) => {
        const { manifests } = await renderPart(selection, name, plan);
        return [name, new ManifestIndex(manifests)] as const;
      });
      const again = joined(await Promise.all((await wholeOf(selection)).map(renderer.renderAgain)));
      const byName = new Map(indexes);
      const root = byName.get(ROOT_PART) ?? new ManifestIndex([]);
      byName.delete(ROOT_PART);
      return { root, components: byName, again: new ManifestIndex(again.manifests) };
    },
  };
}

type Release = Pick<RenderRequest, "releaseName" | "namespace">;

/** Renderings of several charts as one stream. */
function joined(renderings: readonly Rendering[]): Rendering {
  return {
    text: renderings.map(({ text }) => text).join(""),
    manifests: renderings.flatMap(({ manifests }) => manifests),
    warnings: renderings.flatMap(({ warnings }) => warnings),
  };
}

/** As root's ApplicationSets name the Application of a part and its destination. */
function releaseOf(part: string, plan: Plan | undefined): Release {
  if (part === ROOT_PART) return ROOT;
  if (part === FOUNDATION) return { releaseName: part, namespace: FOUNDATION_NAMESPACE };
  const components = plan?.components ?? {};
  const component = Object.hasOwn(components, part) ? components[part] : undefined;
  if (component !== undefined) return { releaseName: part, namespace: component.namespace };
  const known = [ROOT_PART, FOUNDATION, ...Object.keys(components)];
  const meant = nearest(part, known);
  throw new InputError({
    what: `there is no component ${part}`,
    fix: meant === undefined ? `write one of ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}

/** In order of the items, with a few under way at a time. */
async function mapInParallel<Item, Result>(
  items: readonly Item[],
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [at, item] of waiting) results[at] = await action(item);
  };
  await Promise.all(Array.from({ length: PARALLEL_RENDERINGS }, work));
  return results;
}
