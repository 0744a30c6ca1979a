import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./open-platform.ts";

const DIRECTORY = join(ROOT, "charts/monitoring/files/grafana/dashboards");

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

interface Target {
  readonly refId: string;
  readonly datasource: DataSource;
  readonly expr: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: DataSource;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly datasource?: DataSource;
  readonly query: unknown;
}

interface DashboardModel {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly refresh: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

export interface Dashboard {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly folder: string;
  readonly path: string;
  readonly text: string;
  readonly model: DashboardModel;
}

/** A question of a panel or of a variable. */
export interface DashboardQuery {
  /** The panel's title, or the variable's name. */
  readonly from: string;
  /** The uid of its data source. */
  readonly source: string;
  /** Grafana's variables of time are replaced. */
  readonly text: string;
}

/** Every dashboard of the chart, those of components that are off included. */
export function readDashboards(): readonly Dashboard[] {
  return readdirSync(DIRECTORY).flatMap((folder) =>
    readdirSync(join(DIRECTORY, folder)).map((file) => {
      const path = join(DIRECTORY, folder, file);
      const text = readFileSync(path, "utf8");
      const model = JSON.parse(text) as DashboardModel;
      return { name: file.replace(/\.json$/, ""), folder, path, text, model };
    }),
  );
}

const LABEL_VALUES = /^label_values\((?:(.+), *)?([a-z_]+)\)$/;

/** What it asks for, by panel and variable; the labels of Loki's streams need no query. */
export function queriesOf({ model }: Dashboard): readonly DashboardQuery[] {
  const panels = model.panels.flatMap((panel) =>
    (panel.targets ?? []).map(({ datasource, expr }) => ({
      from: panel.title,
      source: datasource.uid,
      text: expr,
    })),
  );
  const variables = model.templating.list.flatMap(({ name, datasource, query }) => {
    if (datasource === undefined) return [];
    if (typeof query === "string") {
      const [, selector = "", label = ""] = LABEL_VALUES.exec(query) ?? [];
      return [{ from: name, source: datasource.uid, text: `count by (${label}) (${selector})` }];
    }
    const { stream } = query as { stream: string };
    return stream === "" ? [] : [{ from: name, source: datasource.uid, text: stream }];
  });
  return [...panels, ...variables].map((query) => ({ ...query, text: withTimes(query.text) }));
}

function withTimes(text: string): string {
  return text.replaceAll("$__rate_interval", "2m").replaceAll("$__auto", "1m");
}

/** The variables that a dashboard uses, Grafana's own left out. */
export function variablesIn(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/\$(?!__)(?:\{([a-z_]+)|([a-z_]+))/g)].map((match) => match[1] ?? match[2] ?? ""),
  );
}
