import type { Manifest } from "@t495/proof";
import { load } from "js-yaml";

/** A scalar of a values file, with its path as Helm's `--set` writes it. */
export interface Leaf {
  readonly path: string;
  readonly value: string | number | boolean;
}

/** What a word may be changed to; every other value is changed by counting it up. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  "Full share": "All of it",
  "Half a share": "A part of it",
  READ: "EDIT",
  admin: "owner",
  full: "half",
  "/etc/os-release": "/etc/hosts",
  "/var/lib/promtail": "/var/lib/collector",
  mlflow: "backups",
  platform: "copies",
  notebooks: "backups",
  "us-east-1": "eu-west-1",
  "Etc/UTC": "Europe/Zurich",
  INFO: "DEBUG",
  Info: "Debug",
  "/var/lib/kubelet": "/data/kubelet",
  "/var/lib/longhorn/": "/data/longhorn/",
  "/var/lib/platform/metrics": "/var/lib/platform/others",
  disabled: "best-effort",
  ext4: "xfs",
  VersionTLS12: "VersionTLS13",
  "^lo$": "^other$",
  "allkeys-lru": "allkeys-lfu",
  "v1.36": "v1.35",
  "~* &* +@all -@admin -@dangerous +info": "~* &* +@read",
  budget: "logs",
  cloudwatch: "elasticsearch",
  cpu: "uname",
  daily: "sunday",
  dark: "light",
  info: "debug",
  notice: "verbose",
  promtail: "alloy",
  slow: "default",
};

/** Values of the monitoring that are regular expressions. */
const PATTERNS = /^monitoring\.[a-z-]+\.(?:.*metrics|histograms|devices)(?:\[0\])?$/;

/** What is off by default and has values of its own: they count only while it is on. */
export const OPT_INS: readonly string[] = [
  "data-services.minio.backup.enabled=true",
  "data-services.minio.backup.target.address=nas.home.arpa:9000",
];

/** What else has to change with a value, or which other list is admitted. */
const OTHER_SETTINGS: Readonly<Record<string, string>> = {
  // On already, as an opt-in.
  "data-services.minio.backup.enabled": "data-services.minio.backup.enabled=false",
  // Without a target there are no backups.
  "infrastructure.longhorn.backup.cron":
    "infrastructure.longhorn.backup.target=nfs://nas:/b,infrastructure.longhorn.backup.cron=0 2 * * *",
  "infrastructure.longhorn.backup.retain":
    "infrastructure.longhorn.backup.target=nfs://nas:/b,infrastructure.longhorn.backup.retain=3",
  "ml-platform.mlflow.workers": "ml-platform.mlflow.workers=2,ml-platform.mlflow.resources.limits.memory=2Gi",
  "ml-platform.jupyterhub.servers.profiles.full.percent":
    "ml-platform.jupyterhub.servers.profiles.full.percent=90",
  // One percent more of little is the same number of MiB.
  "monitoring.node-exporter.goMemoryPercent": "monitoring.node-exporter.goMemoryPercent=60",
  "ml-platform.localstack.services": "ml-platform.localstack.services={s3,sqs,sns}",
  "ml-platform.localstack.seed.buckets": "ml-platform.localstack.seed.buckets={other}",
  "ml-platform.localstack.seed.queues": "ml-platform.localstack.seed.queues={other}",
  "ml-platform.localstack.seed.topics": "ml-platform.localstack.seed.topics={other}",
};

/** The scalars of a chart's values, below the chart's own key; empty ones are for the umbrella to set. */
export function leavesOf(chart: string, values: unknown): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (value: unknown, path: string): void => {
    // One item stands for a list.
    if (Array.isArray(value)) visit(value[0], `${path}[0]`);
    else if (typeof value === "object" && value !== null) {
      for (const [key, child] of Object.entries(value)) visit(child, `${path}.${key}`);
    } else if (
      typeof value === "boolean" ||
      typeof value === "number" ||
      (typeof value === "string" && value)
    ) {
      leaves.push({ path, value });
    }
  };
  visit(values, chart);
  return leaves;
}

/** Whose values these are: a component of a layer's chart, or the chart itself. */
export function folderOf({ path }: Leaf): string {
  const [chart = "", component = ""] = path.split(".");
  return chart === "foundation" ? chart : `${chart}/${component}`;
}

/** The objects of a rendering as text, by the folder whose templates rendered them. */
export function textByFolder(manifests: readonly Manifest[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { source, object } of manifests) {
    const component = /^templates\/([^/]+)\//.exec(source.template ?? "")?.[1];
    const isOne = component === undefined || source.chart === "foundation";
    const folder = isOne ? (source.chart ?? "") : `${source.chart}/${component}`;
    texts.set(folder, (texts.get(folder) ?? "") + JSON.stringify(object));
  }
  return texts;
}

/** Rows of items with at most one of each group, and the items' paths as the row's name. */
export function inTurns(
  leaves: readonly Leaf[],
  groupOf: (leaf: Leaf) => string,
): readonly (readonly [string, readonly Leaf[]])[] {
  const rows: Leaf[][] = [];
  const used = new Map<string, number>();
  for (const leaf of leaves) {
    const row = used.get(groupOf(leaf)) ?? 0;
    used.set(groupOf(leaf), row + 1);
    rows[row] = [...(rows[row] ?? []), leaf];
  }
  return rows.map((row) => [row.map(({ path }) => path).join(" "), row]);
}

export function parseValues(text: string): Record<string, unknown> {
  return load(text) as Record<string, unknown>;
}

/** Another value of the same kind that the schemas admit, as Helm's `--set` takes it. */
export function changed({ path, value }: Leaf): string {
  const other = OTHER_SETTINGS[path];
  if (other !== undefined) return other;
  // The days of versions are only admitted together with versions.
  const bucket = /^(.*\.buckets\.[a-z]+)\.(versioning|noncurrentDays)$/.exec(path)?.[1];
  if (bucket !== undefined && (value === 0 || typeof value === "boolean")) {
    const versioning = value === 0 || !value;
    return `${bucket}.versioning=${versioning},${bucket}.noncurrentDays=${versioning ? 9 : 0}`;
  }
  return `${path}=${otherValue(value, path)}`;
}

function otherValue(value: Leaf["value"], path: string): string {
  if (typeof value === "boolean") return String(!value);
  // Foundation's band has no wave after its last.
  if (path === "foundation.waveOffsets.secrets") return String(Number(value) - 1);
  if (typeof value === "number") return String(value + 1);
  const word = OTHER_WORDS[value];
  if (word !== undefined) return word.replaceAll(",", "\\,");
  // A pattern of names, or one name: another one beside it.
  if (PATTERNS.test(path)) return `${value}|other`.replace(/[\\,]/g, "\\$&");
  const number = /^\d+/.exec(value)?.[0];
  // A Secret's name, which the ledger need not know for a rendering.
  if (number === undefined) return /secret$/i.test(path) ? `${value}-other` : unknownWord(value, path);
  const next = String(Number(number) + 1).padStart(number.length, "0");
  const rest = value.slice(number.length).replaceAll(",", "\\,");
  // Helm would read a bare number as one.
  return rest === "" ? `${next}m` : `${next}${rest}`;
}

function unknownWord(value: string, path: string): never {
  throw new Error(`say in OTHER_WORDS what ${path} may be besides ${JSON.stringify(value)}`);
}
