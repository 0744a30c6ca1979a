import type { Manifest } from "../../manifest/kubernetes-object.ts";
import { nearest } from "../../nearest.ts";
import type { Problem } from "../rule.ts";
import type { SyncOptionCode } from "./sync-option-codes.ts";

const DESTRUCTIVE: Readonly<Record<string, string>> = {
  "Replace=true": "replaces objects instead of applying them, and drops what others own in them",
  "Force=true": "deletes an object and creates it again when it cannot be changed",
  "Validate=false": "lets misspelt fields through",
};
const SWITCHES = [
  "ApplyOutOfSyncOnly",
  "ClientSideApplyMigration",
  "CreateNamespace",
  "FailOnSharedResource",
  "Force",
  "PruneLast",
  "Replace",
  "RespectIgnoreDifferences",
  "ServerSideApply",
  "SkipDryRunOnMissingResource",
  "Validate",
].flatMap((name) => [`${name}=true`, `${name}=false`]);
/** What Argo CD compares options with, letter by letter; anything else has no effect. */
const KNOWN: ReadonlySet<string> = new Set([
  ...SWITCHES,
  ...["Prune", "Delete"].flatMap((name) => [`${name}=true`, `${name}=false`, `${name}=confirm`]),
  ...["foreground", "background", "orphan"].map((policy) => `PrunePropagationPolicy=${policy}`),
]);

/** What is wrong with one option of an Application or of an object. */
export function* checkOption(
  manifest: Manifest,
  path: string,
  option: string,
): Generator<Problem<SyncOptionCode>> {
  if (Object.hasOwn(DESTRUCTIVE, option)) {
    yield {
      code: "option-destroys",
      manifest,
      path,
      message: `${option} ${DESTRUCTIVE[option]}`,
      actual: option,
      fix: "Remove the option.",
    };
  }
  if (KNOWN.has(option)) return;
  const meant = nearest(option, KNOWN);
  yield {
    code: "option-unknown",
    manifest,
    path,
    message: `${option} is no sync option of Argo CD, which passes over it`,
    actual: option,
    fix: meant === undefined ? "Remove the option." : `Write ${meant}.`,
  };
}
