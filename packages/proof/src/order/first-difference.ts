import { isObject } from "../manifest/values.ts";

/** Where two values part, and what stands there on either side, as JSON; `(absent)` where nothing does. */
export interface Difference {
  /** Field path; empty for the values themselves. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** The first difference of two parsed values in depth-first order; undefined when they are equal, key order included. */
export function firstDifference(expected: unknown, actual: unknown, path = ""): Difference | undefined {
  if (JSON.stringify(expected) === JSON.stringify(actual)) return undefined;
  const keys = commonKeys(expected, actual);
  if (keys !== undefined)
    for (const key of keys) {
      const inside = firstDifference(
        (expected as Record<string, unknown>)[key],
        (actual as Record<string, unknown>)[key],
        Array.isArray(expected) ? `${path}[${key}]` : joined(path, key),
      );
      if (inside !== undefined) return inside;
    }
  return { path, expected: shown(expected), actual: shown(actual) };
}

function commonKeys(expected: unknown, actual: unknown): Iterable<string> | undefined {
  const comparable =
    (isObject(expected) && isObject(actual)) || (Array.isArray(expected) && Array.isArray(actual));
  return comparable ? new Set([...Object.keys(expected), ...Object.keys(actual)]) : undefined;
}

function joined(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}

const LONGEST = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "(absent)";
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
