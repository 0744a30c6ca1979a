const NICKNAMES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const MINUTES_PER_DAY = 24 * 60;

/**
 * The shortest time in seconds between two runs of a cron schedule. Day, month and weekday only make gaps
 * longer, so the times of one day decide and the figure is never too long.
 * @returns undefined when minute or hour cannot be read.
 */
export function shortestInterval(schedule: string): number | undefined {
  const every = /^@every (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(schedule.trim());
  if (every !== null) {
    const [, hours = "0", minutes = "0", seconds = "0"] = every;
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) || undefined;
  }
  const fields = (NICKNAMES[schedule.trim()] ?? schedule)
    .trim()
    .split(/\s+/)
    .filter((field) => !/^(CRON_)?TZ=/.test(field));
  if (fields.length !== 5) return undefined;
  const minutes = matching(fields[0] ?? "", 0, 59);
  const hours = matching(fields[1] ?? "", 0, 23);
  if (minutes === undefined || hours === undefined) return undefined;
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  const first = times[0] ?? 0;
  const gaps = times.map((time, at) => (times[at + 1] ?? first + MINUTES_PER_DAY) - time);
  return Math.min(...gaps) * 60;
}

/** The values that a field of a schedule names, ascending. */
function matching(field: string, first: number, last: number): number[] | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const form = /^(?:\*|\?|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (form === null) return undefined;
    const [, from, to, step] = form;
    const start = from === undefined ? first : Number(from);
    const end = to !== undefined ? Number(to) : from === undefined || step !== undefined ? last : start;
    const by = step === undefined ? 1 : Number(step);
    if (by === 0 || start < first || end > last || start > end) return undefined;
    for (let value = start; value <= end; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}
