import { shortestInterval } from "../../../accounting/cron-schedule.ts";
import { at, isObject, objectAt, stringAt } from "../../../manifest/values.ts";
import type { Workload } from "../../../manifest/workload.ts";
import { type AdmissionProblem, conflicting, invalid, missing } from "./admission-problem.ts";
import { checkLabels } from "./metadata.ts";

/** What belongs to the workload rather than to its pods. */
export function* checkWorkload({ kind, spec }: Workload): Generator<AdmissionProblem> {
  if (kind === "Pod") return;
  for (const field of COUNTS) {
    const value = spec[field];
    if (typeof value === "number" && value < 0) yield invalid(`spec.${field}`, value, "at least 0");
  }
  yield* checkLabels(at(spec, "selector", "matchLabels"), "spec.selector.matchLabels");
  if (kind === "CronJob") yield* checkSchedule(spec);
  else if (kind !== "Job") yield* checkSelector(spec, kind);
  if (kind === "Deployment") {
    yield* checkDeploymentStrategy(spec);
    yield* checkDeadline(spec);
  }
}

const COUNTS = [
  "replicas",
  "minReadySeconds",
  "revisionHistoryLimit",
  "parallelism",
  "completions",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "startingDeadlineSeconds",
  "successfulJobsHistoryLimit",
  "failedJobsHistoryLimit",
];

function* checkSelector(spec: Workload["spec"], kind: string): Generator<AdmissionProblem> {
  const selector = objectAt(spec, "selector");
  if (selector === undefined || kind === "ReplicationController" || Object.keys(selector).length > 0) return;
  const fix = "Select the labels of the pod template.";
  yield missing("spec.selector.matchLabels", `an empty selector is refused for a ${kind}`, fix);
}

function* checkSchedule(spec: Workload["spec"]): Generator<AdmissionProblem> {
  const schedule = stringAt(spec, "schedule");
  if (schedule !== undefined && schedule !== "") {
    if (schedule.includes("TZ")) {
      const fix = "Move the time zone to spec.timeZone.";
      yield invalid("spec.schedule", schedule, "a schedule without a time zone", fix);
    } else if (!isSchedule(schedule)) {
      yield invalid("spec.schedule", schedule, "five cron fields: minute hour day month weekday");
    }
  }
  const zone = at(spec, "timeZone");
  if (typeof zone === "string" && !isTimeZone(zone)) {
    yield invalid("spec.timeZone", zone, 'a time zone of the IANA database, such as "Europe/Berlin"');
  }
}

const NAMED = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;
const DAYS = /^(\*|\?|[0-9]+(-[0-9]+)?)(\/[0-9]+)?(,(\*|\?|[0-9]+(-[0-9]+)?)(\/[0-9]+)?)*$/;
/** Largest value of day, month and weekday. */
const MOST = [31, 12, 6];
const LEAST = [1, 1, 0];

function isSchedule(schedule: string): boolean {
  if (shortestInterval(schedule) === undefined) return false;
  if (schedule.trim().startsWith("@")) return true;
  return schedule
    .trim()
    .split(/\s+/)
    .slice(2)
    .every((field, position) => {
      const numeric = field.replace(NAMED, String(LEAST[position] ?? 0));
      const values =
        numeric
          .split(",")
          .map((part) => part.split("/")[0] ?? "")
          .join("-")
          .match(/\d+/g) ?? [];
      const isInRange = (value: string) =>
        Number(value) >= (LEAST[position] ?? 0) && Number(value) <= (MOST[position] ?? 0);
      return DAYS.test(numeric) && values.every(isInRange);
    });
}

function isTimeZone(zone: string): boolean {
  if (zone === "" || /^local$/i.test(zone)) return false;
  // Loading the database of time zones takes longer than all other checks of a platform.
  if (/^(Etc\/)?UTC$/.test(zone)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function* checkDeploymentStrategy(spec: Workload["spec"]): Generator<AdmissionProblem> {
  const rolling = at(spec, "strategy", "rollingUpdate");
  if (!isObject(rolling)) return;
  if (stringAt(spec, "strategy", "type") === "Recreate") {
    const fix = "Remove rollingUpdate, or set type: RollingUpdate.";
    yield conflicting("spec.strategy.rollingUpdate", "stands beside type Recreate", fix);
    return;
  }
  for (const field of ["maxSurge", "maxUnavailable"]) {
    const value = rolling[field];
    if (typeof value === "string" && !/^\d+%$/.test(value)) {
      yield invalid(`spec.strategy.rollingUpdate.${field}`, value, 'a number or a percentage such as "25%"');
    }
  }
  if (isZero(rolling.maxSurge) && isZero(rolling.maxUnavailable)) {
    const message = "has maxSurge and maxUnavailable at zero, so that no pod could ever be replaced";
    yield conflicting("spec.strategy.rollingUpdate", message, "Set one of them to at least 1.");
  }
}

/** Of a Deployment that names none (pkg/apis/apps/v1/defaults.go, 1.36.3). */
const DEFAULT_DEADLINE_SECONDS = 600;

function* checkDeadline(spec: Workload["spec"]): Generator<AdmissionProblem> {
  const ready = spec.minReadySeconds ?? 0;
  const deadline = spec.progressDeadlineSeconds ?? DEFAULT_DEADLINE_SECONDS;
  if (typeof ready !== "number" || typeof deadline !== "number" || deadline > ready) return;
  const expected = `more than minReadySeconds, ${ready}`;
  yield invalid("spec.progressDeadlineSeconds", deadline, expected, "Raise it, or lower minReadySeconds.");
}

function isZero(value: unknown): boolean {
  return value === 0 || value === "0%";
}
