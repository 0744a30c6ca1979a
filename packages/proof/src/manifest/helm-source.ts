/** The chart and template that Helm names above each document. */
export interface HelmSource {
  /** The innermost chart: `data-services`. */
  readonly chart: string;
  /** Below that chart: `templates/redis/deployment.yaml`. */
  readonly template: string;
}

const LEADING_COMMENTS = /^(?:---[^\n]*\n)?(?:[ \t\r]*(?:#[^\n]*)?\n)*/;
const SOURCE = /^# Source: (.+?)[ \t\r]*$/m;

/**
 * Reads Helm's comment `# Source: platform/charts/data-services/templates/redis/service.yaml` in front of the
 * first node of a document; undefined for documents of other origin.
 */
export function readHelmSource(document: string): HelmSource | undefined {
  const comments = LEADING_COMMENTS.exec(document)?.[0] ?? "";
  const path = SOURCE.exec(comments)?.[1];
  return path === undefined ? undefined : parseTemplatePath(path);
}

/**
 * Splits a template's path as Helm prints it, with the charts that it is nested in; undefined when it names no
 * file below a chart.
 */
export function parseTemplatePath(path: string): HelmSource | undefined {
  const segments = path.split("/");
  let at = 0;
  while (segments[at + 1] === "charts" && segments.length > at + 3) at += 2;
  const chart = segments[at] ?? "";
  const template = segments.slice(at + 1).join("/");
  return template === "" ? undefined : { chart, template };
}
