import { describeObject, type Manifest } from "../../manifest/kubernetes-object.ts";
import { at, isObject } from "../../manifest/values.ts";
import { fieldPath } from "../../schemas/field-path.ts";
import { defineRule, type Problem, type Unchecked } from "../rule.ts";
import { misplacedFiles } from "./configuration/misplaced-files.ts";
import { readerOf } from "./configuration/read-configuration.ts";

const codes = {
  unreadable: "An embedded file does not parse as what its name says.",
  "repeated-key": "An embedded file has a key twice.",
  "read-elsewhere": "A program is told to read a mounted file where it is not mounted.",
} as const;

/** A parser quotes what it stumbles over. */
const WITHHELD = "it cannot be read, and what is in a Secret is not printed";

type Code = keyof typeof codes;

/** Files that charts embed are files that programs can read. */
export const embeddedConfigValid = defineRule({
  id: "embedded-config-valid",
  group: "integrity",
  severity: "error",
  title: "Embedded configuration parses, and is where programs look for it",
  explanation: {
    protects:
      "Programs whose configuration is a text inside a ConfigMap: Kubernetes takes any text, and the program is the first that reads it.",
    incident:
      "A second `retention` in Loki's configuration passed every check of the chart. The old pod served on; after the next reboot there were no logs, and none that said why.",
    fix: "Mend the file at the line that is named, or the path that the program is given.",
    source:
      "sigs.k8s.io/yaml 1.6.0 and gopkg.in/yaml.v3 for YAML, RFC 8259 for JSON; what a program makes of its keys is for tests with the program",
  },
  codes,
  *check({ index, workloads, plan }) {
    for (const kind of ["ConfigMap", "Secret"]) {
      for (const manifest of index.filter({ group: "", kind })) {
        // Whoever has the plan has read it.
        if (plan !== undefined && manifest.name === "platform-plan") continue;
        for (const field of ["data", "stringData"]) {
          if (kind === "Secret" && field === "data") continue;
          yield* checkFiles(manifest, field);
        }
      }
    }
    for (const workload of workloads) {
      for (const { path, named, mounted, holder } of misplacedFiles(workload, index)) {
        yield {
          code: "read-elsewhere" as const,
          manifest: workload.manifest,
          path,
          message: `${path} names ${named}, where nothing is mounted; the file of ${describeObject(holder)} is at ${mounted}`,
          actual: named,
          limit: mounted,
          fix: `Write ${mounted}, or mount it where the program looks.`,
        };
      }
    }
  },
});

function* checkFiles(manifest: Manifest, field: string): Generator<Problem<Code> | Unchecked> {
  const files = at(manifest.object, field);
  if (!isObject(files)) return;
  for (const [file, text] of Object.entries(files)) {
    const read = readerOf(file);
    // An empty file is one that somebody fills, or means to leave out.
    if (read === undefined || typeof text !== "string" || text.trim() === "") continue;
    const found = read(text);
    if (found === undefined) continue;
    if (typeof found === "string") {
      yield { unchecked: `${file}: ${manifest.kind === "Secret" ? WITHHELD : found}`, manifest };
      continue;
    }
    const where = found.line === undefined ? file : `${file}, line ${found.line}`;
    yield {
      code: found.code,
      manifest,
      path: fieldPath(field, file),
      message: `${where}: ${manifest.kind === "Secret" ? WITHHELD : found.why}`,
      fix:
        found.code === "repeated-key"
          ? "Remove one of the two."
          : "Mend the file there; a text that holds `: ` or starts with @, %, * or a bracket needs quotes.",
    };
  }
}
