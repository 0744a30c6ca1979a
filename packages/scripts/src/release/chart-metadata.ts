import { createHash } from "node:crypto";
import { type Document, isMap, isScalar, isSeq, parse, parseDocument, type YAMLMap } from "yaml";

/** A dependency as Chart.yaml declares it. */
interface ChartDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

/** What Chart.yaml says of itself. */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly ChartDependency[];
}

/** The order in which Helm's struct is encoded (helm.sh/helm/v4 v4.2.1, pkg/chart/v2/dependency.go). */
const ENCODED = ["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"];
/** These are encoded even when they are empty. */
const ALWAYS = new Set(["name", "repository"]);

export function readChartMetadata(text: string): ChartMetadata {
  const { name, version, dependencies } = parse(text) as ChartMetadata;
  return { name, version, dependencies: dependencies ?? [] };
}

/** Chart.yaml with the versions of the chart itself and of its dependencies beside it; all else stays as written. */
export function withVersions(text: string, versions: ReadonlyMap<string, string>): string {
  const document = parseDocument(text);
  const dependencies = document.get("dependencies");
  const maps: (Document | YAMLMap)[] = [document];
  if (isSeq(dependencies)) {
    for (const item of dependencies.items)
      if (isMap(item) && String(item.get("repository")).startsWith("file://")) maps.push(item);
  }
  const edits = maps.flatMap((map) => {
    const version = versions.get(String(map.get("name")));
    const scalar = map.get("version", true);
    return version !== undefined && isScalar(scalar) && scalar.range
      ? [{ version, range: scalar.range }]
      : [];
  });
  return edits
    .sort((left, right) => right.range[0] - left.range[0])
    .reduce(
      (edited, { version, range: [start, end] }) => edited.slice(0, start) + version + edited.slice(end),
      text,
    );
}

/**
 * Chart.lock as `helm dependency update` writes it for dependencies that lie beside the chart. A lock that is right
 * already stays, with its time.
 *
 * @param previous what Chart.lock holds; undefined when there is none
 * @param generated RFC 3339
 * @returns undefined for a chart without dependencies, which has no lock
 */
export function chartLock(
  chartYaml: string,
  previous: string | undefined,
  generated: string,
): string | undefined {
  const { dependencies } = readChartMetadata(chartYaml);
  if (dependencies.length === 0) return undefined;
  const digest = lockDigest(dependencies);
  if (previous !== undefined && (parse(previous) as { digest?: unknown }).digest === digest) return previous;
  const entries = dependencies.map(
    ({ name, repository, version }) =>
      `- name: ${name}\n  repository: ${repository}\n  version: ${version}\n`,
  );
  return `dependencies:\n${entries.join("")}digest: ${digest}\ngenerated: "${generated}"\n`;
}

/** As HashReq of internal/resolver/resolver.go: what is asked for and what is locked, in Go's JSON. */
function lockDigest(dependencies: readonly ChartDependency[]): string {
  const asked = dependencies.map((dependency) => encoded(dependency, ENCODED));
  const locked = dependencies.map((dependency) => encoded(dependency, ["name", "version", "repository"]));
  const json = JSON.stringify([asked, locked]).replace(/[<>&\u2028\u2029]/g, escapeAsGo);
  return `sha256:${createHash("sha256").update(json).digest("hex")}`;
}

function encoded(dependency: ChartDependency, keys: readonly string[]): Record<string, unknown> {
  const fields = new Map<string, unknown>(Object.entries(dependency));
  return Object.fromEntries(
    keys.flatMap((key) => (ALWAYS.has(key) || fields.get(key) ? [[key, fields.get(key) ?? ""]] : [])),
  );
}

/** Go escapes what could end a script element in a page. */
function escapeAsGo(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
