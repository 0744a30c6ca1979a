import { type Rendering, type RenderRequest, type RenderTools, renderChart } from "./render-chart.ts";

/** Renders each chart with each set of values once. */
export interface Renderer {
  /** Requests that say the same share one rendering, also while it is under way. */
  readonly render: (request: RenderRequest) => Promise<Rendering>;
  /** A second rendering of the same request, for the proof that both are equal. */
  readonly renderAgain: (request: RenderRequest) => Promise<Rendering>;
}

/** The memory lasts as long as the renderer: files that change meanwhile are not seen. */
export function createRenderer(tools: RenderTools): Renderer {
  const renderings = new Map<string, Promise<Rendering>>();
  return {
    render(request) {
      const key = keyOf(request);
      const known = renderings.get(key);
      if (known !== undefined) return known;
      const rendering = renderChart(request, tools);
      renderings.set(key, rendering);
      return rendering;
    },
    renderAgain: (request) => renderChart(request, tools),
  };
}

function keyOf({
  chart,
  releaseName,
  namespace,
  valueFiles,
  parameters = {},
  settings = [],
}: RenderRequest): string {
  return JSON.stringify([
    chart,
    releaseName,
    namespace,
    valueFiles,
    Object.entries(parameters).sort(),
    settings,
  ]);
}
