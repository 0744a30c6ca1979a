import { nearest } from "../nearest.ts";
import type { PlannedException } from "../plan/plan.ts";
import type { Finding, UsedException } from "../proof.ts";
import type { Rule } from "./rule.ts";

/** What people read of a rule: all but its check. */
export type RuleText = Pick<Rule, "id" | "group" | "severity" | "title" | "explanation" | "codes" | "needs">;

type ExceptionCode = "unused-exception" | "unknown-rule" | "unknown-code" | "expired-exception";

/** Judges the plan's exceptions by the findings of the other rules, so it has no check of its own. */
export const exceptionsRule: RuleText & { readonly codes: Readonly<Record<ExceptionCode, string>> } = {
  id: "exceptions",
  group: "integrity",
  severity: "error",
  title: "Every exception excuses something, names an existing rule and has not expired",
  explanation: {
    protects:
      "The list of known deviations: each entry is still true, so nothing new hides behind an old one.",
    incident:
      "A container is hardened, its exception stays, and a year later a regression of the same field is excused by it.",
    fix: "Remove the entry from `global.exceptions`, or correct its rule, code, object, path or date.",
    source: "This project: docs of `global.exceptions` in charts/platform-umbrella/values.yaml",
  },
  codes: {
    "unused-exception": "An exception excuses no finding.",
    "unknown-rule": "An exception names a rule that does not exist.",
    "unknown-code": "An exception names a code that its rule cannot report.",
    "expired-exception": "An exception's last day has passed; it excuses nothing any more.",
  },
};

export interface ExceptionOptions {
  readonly findings: readonly Finding[];
  readonly exceptions: Readonly<Record<string, PlannedException>>;
  /** Every rule there is, whether it ran or not. */
  readonly rules: readonly Pick<Rule, "id" | "codes">[];
  /** Ids of the rules that ran: only their exceptions can be unused. */
  readonly ran: ReadonlySet<string>;
  /** YYYY-MM-DD. */
  readonly today: string;
}

/** Takes the excused findings out and adds one for each exception that does not hold. */
export function applyExceptions(options: ExceptionOptions): {
  readonly findings: readonly Finding[];
  readonly used: readonly UsedException[];
} {
  const { exceptions, today } = options;
  const excusing = Object.entries(exceptions).filter(([, exception]) => !expired(exception, today));
  const excused = new Map<string, number>();
  const findings = options.findings.filter((finding) => {
    const matching = excusing.filter(([, exception]) => excuses(exception, finding));
    for (const [name] of matching) excused.set(name, (excused.get(name) ?? 0) + 1);
    return matching.length === 0;
  });
  const used: UsedException[] = [];
  for (const [name, exception] of Object.entries(exceptions)) {
    const count = excused.get(name);
    if (count !== undefined) used.push(usedException(name, exception, count));
    const problem = problemOf(name, exception, count, options);
    if (problem !== undefined) findings.push(problem);
  }
  return { findings, used };
}

function excuses(exception: PlannedException, finding: Finding): boolean {
  return (
    finding.rule === exception.rule &&
    (exception.code === "" || finding.code === exception.code) &&
    objectKey(finding) === exception.object &&
    startsWithPath(finding.path ?? "", exception.path)
  );
}

function objectKey({ object }: Finding): string | undefined {
  if (object === null) return undefined;
  return [object.kind, ...(object.namespace === null ? [] : [object.namespace]), object.name].join("/");
}

/** `spec.a` is a prefix of `spec.a`, `spec.a.b` and `spec.a[0]`, not of `spec.ab`. */
function startsWithPath(path: string, prefix: string): boolean {
  if (prefix === "" || path === prefix) return true;
  return path.startsWith(prefix) && [".", "["].includes(path.charAt(prefix.length));
}

function expired(exception: PlannedException, today: string): boolean {
  return exception.expires !== "" && exception.expires < today;
}

function usedException(name: string, exception: PlannedException, findings: number): UsedException {
  return {
    name,
    rule: exception.rule,
    code: exception.code || null,
    object: exception.object,
    path: exception.path || null,
    reason: exception.reason,
    expires: exception.expires || null,
    findings,
  };
}

function problemOf(
  name: string,
  exception: PlannedException,
  excused: number | undefined,
  { rules, ran, today }: ExceptionOptions,
): Finding | undefined {
  const rule = rules.find(({ id }) => id === exception.rule);
  const here = `global.exceptions.${name}`;
  if (rule === undefined) {
    const meant = nearest(
      exception.rule,
      rules.map(({ id }) => id),
    );
    return exceptionFinding("unknown-rule", `${here}.rule`, `${exception.rule} is not a rule`, {
      actual: exception.rule,
      fix: meant === undefined ? "remove the entry" : `write ${meant}`,
    });
  }
  if (exception.code !== "" && !Object.hasOwn(rule.codes, exception.code)) {
    const codes = Object.keys(rule.codes);
    return exceptionFinding(
      "unknown-code",
      `${here}.code`,
      `${exception.rule} has no code ${exception.code}`,
      {
        actual: exception.code,
        limit: codes.join(", "),
        fix: `write ${nearest(exception.code, codes) ?? `one of ${codes.join(", ")}`}, or "" for all`,
      },
    );
  }
  if (expired(exception, today)) {
    return exceptionFinding("expired-exception", `${here}.expires`, `${name} ended on ${exception.expires}`, {
      actual: exception.expires,
      limit: today,
      fix: `mend what it excused (${exception.reason}), or decide again and give a later date`,
    });
  }
  if (excused === undefined && ran.has(rule.id)) {
    return exceptionFinding(
      "unused-exception",
      here,
      `${name} excuses nothing: ${exception.rule} has nothing to say about ${exception.object}`,
      {
        fix: "remove it, or correct its code, object or path",
      },
    );
  }
  return undefined;
}

function exceptionFinding(
  code: ExceptionCode,
  path: string,
  message: string,
  { actual = null, limit = null, fix }: { actual?: string | null; limit?: string | null; fix: string },
): Finding {
  const nowhere = { object: null, chart: null, template: null, source: null };
  return {
    rule: exceptionsRule.id,
    code,
    severity: exceptionsRule.severity,
    message,
    ...nowhere,
    path,
    actual,
    limit,
    fix,
  };
}
