import {
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from "js-yaml";
import { keyOf, type ResolvedScalar, resolveScalar } from "./go-scalar.ts";
import { resolveTagged, shortTag } from "./go-tag.ts";
import { isObject } from "./values.ts";

/** One document of a stream as sigs.k8s.io/yaml would turn it into JSON. */
export interface YamlDocument {
  /** Null for an empty document. */
  readonly value: unknown;
  /** Offset of the first node in the text; undefined for an empty document. */
  readonly start: number | undefined;
}

/**
 * Reads YAML as Kubernetes' tools do (`sigs.k8s.io/yaml` 1.6.0, not strict): the scalars of {@link resolveScalar};
 * of duplicate keys the last one counts; `<<` takes effect where it stands, so it overrides the keys above it;
 * keys become strings; tags of collections are ignored. Integers beyond 2^53 lose digits as in any JSON reader.
 *
 * @throws YAMLException with the position of what is wrong.
 */
export function parseGoYaml(text: string): YamlDocument[] {
  return new Construction(text).documents();
}

interface Anchored {
  readonly value: unknown;
  /** Set when it may serve as a key. */
  readonly key: string | undefined;
  /** Nodes below and including this one, aliases expanded. */
  readonly size: number;
}

/** The limits of go.yaml.in/yaml/v2 `decode.go` against documents that explode by aliases. */
const ALIAS_ALLOWANCE = { low: 400_000, high: 4_000_000, lowRatio: 0.99, highRatio: 0.1 };

class Construction {
  readonly #text: string;
  readonly #events: readonly Event[];
  #next = 0;
  #anchors = new Map<string, Anchored | "open">();
  #nodes = 0;
  #aliased = 0;

  constructor(text: string) {
    this.#text = text;
    this.#events = parseEvents(text, {});
  }

  documents(): YamlDocument[] {
    const documents: YamlDocument[] = [];
    while (this.#next < this.#events.length) {
      this.#next += 1;
      this.#anchors = new Map();
      this.#nodes = 0;
      this.#aliased = 0;
      const first = this.#peek();
      if (first.type === EVENT_ID.POP) {
        documents.push({ value: null, start: undefined });
      } else {
        const start = positionOf(first);
        documents.push({ value: this.#node(), start: start < 0 ? undefined : start });
      }
      this.#next += 1;
    }
    return documents;
  }

  #peek(): Event {
    return this.#events[this.#next] as Event;
  }

  #node(): unknown {
    const event = this.#peek();
    this.#next += 1;
    this.#nodes += 1;
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const scalar = this.#scalar(event);
        this.#anchor(event, scalar.value, 1, keyOf(scalar));
        return this.#jsonOf(scalar, event);
      }
      case EVENT_ID.SEQUENCE:
        return this.#collection(event, () => this.#sequence());
      case EVENT_ID.MAPPING:
        return this.#collection(event, () => this.#mapping());
      case EVENT_ID.ALIAS:
        return this.#alias(this.#text.slice(event.anchorStart, event.anchorEnd), event.anchorStart).value;
      default:
        return this.#fail(positionOf(event), "unexpected end of the document");
    }
  }

  #sequence(): unknown[] {
    const items: unknown[] = [];
    while (this.#peek().type !== EVENT_ID.POP) items.push(this.#node());
    return items;
  }

  #mapping(): Record<string, unknown> {
    const target: Record<string, unknown> = {};
    while (this.#peek().type !== EVENT_ID.POP) {
      const event = this.#peek();
      if (event.type === EVENT_ID.SCALAR && this.#isMerge(event)) {
        this.#next += 1;
        const position = positionOf(this.#peek());
        this.#merge(target, this.#node(), position);
      } else {
        const key = this.#key();
        setOwn(target, key, this.#node());
      }
    }
    return target;
  }

  #merge(target: Record<string, unknown>, source: unknown, position: number): void {
    const sources = Array.isArray(source) ? source.toReversed() : [source];
    for (const one of sources) {
      if (!isObject(one)) this.#fail(position, "a merge (<<) needs a mapping or a list of mappings");
      for (const [key, value] of Object.entries(one)) setOwn(target, key, value);
    }
  }

  #isMerge(event: ScalarEvent): boolean {
    if (event.tagStart >= 0) return shortTag(this.#text.slice(event.tagStart, event.tagEnd)) === "merge";
    return (
      event.style === SCALAR_STYLE.PLAIN &&
      event.valueEnd - event.valueStart === 2 &&
      this.#value(event) === "<<"
    );
  }

  #key(): string {
    const event = this.#peek();
    const position = positionOf(event);
    let key: string | undefined;
    if (event.type === EVENT_ID.SCALAR) {
      this.#next += 1;
      this.#nodes += 1;
      const scalar = this.#scalar(event);
      key = keyOf(scalar);
      this.#anchor(event, scalar.value, 1, key);
    } else if (event.type === EVENT_ID.ALIAS) {
      this.#next += 1;
      key = this.#alias(this.#text.slice(event.anchorStart, event.anchorEnd), event.anchorStart).key;
    }
    return (
      key ?? this.#fail(position, "this cannot be a key: JSON has only strings, no null, list or mapping")
    );
  }

  #collection<Value>(event: SequenceEvent | MappingEvent, read: () => Value): Value {
    const before = this.#nodes;
    if (event.anchorStart >= 0)
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), "open");
    const value = read();
    this.#next += 1;
    this.#anchor(event, value, this.#nodes - before + 1, undefined);
    return value;
  }

  #anchor(
    event: ScalarEvent | SequenceEvent | MappingEvent,
    value: unknown,
    size: number,
    key: string | undefined,
  ): void {
    if (event.anchorStart < 0) return;
    const plain = typeof value === "bigint" ? Number(value) : value;
    this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), { value: plain, size, key });
  }

  #alias(name: string, position: number): Anchored {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) return this.#fail(position, `unknown anchor "${name}"`);
    if (anchored === "open") return this.#fail(position, `anchor "${name}" contains itself`);
    this.#nodes += anchored.size;
    this.#aliased += anchored.size;
    if (
      this.#aliased > 100 &&
      this.#nodes > 1000 &&
      this.#aliased / this.#nodes > allowedAliasRatio(this.#nodes)
    ) {
      this.#fail(position, "the document contains excessive aliasing");
    }
    return anchored;
  }

  #scalar(event: ScalarEvent): ResolvedScalar {
    const text = this.#value(event);
    if (event.tagStart < 0) {
      return event.style === SCALAR_STYLE.PLAIN ? resolveScalar(text) : { type: "str", value: text };
    }
    const tag = shortTag(this.#text.slice(event.tagStart, event.tagEnd));
    const scalar = resolveTagged(tag, text);
    return scalar ?? this.#fail(positionOf(event), `\`${text}\` is no ${tag}`);
  }

  #jsonOf({ value }: ResolvedScalar, event: ScalarEvent): unknown {
    if (typeof value === "number" && !Number.isFinite(value)) {
      this.#fail(positionOf(event), "JSON has no infinity and no NaN");
    }
    return typeof value === "bigint" ? Number(value) : value;
  }

  #value(event: ScalarEvent): string {
    if (event.valueStart < 0) return "";
    const value = getScalarValue(this.#text, event);
    const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
    // A block scalar that the text ends in has no line break to keep, where YAML 1.2 supplies one.
    if (
      isBlock &&
      value.endsWith("\n") &&
      event.valueEnd === this.#text.length &&
      !this.#text.endsWith("\n")
    ) {
      return value.slice(0, -1);
    }
    return value;
  }

  #fail(position: number, reason: string): never {
    return YAMLException.throwAt(this.#text, Math.max(position, 0), reason);
  }
}

function positionOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart >= 0 ? event.valueStart : Math.max(event.tagStart, event.anchorStart);
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return -1;
  }
}

function allowedAliasRatio(nodes: number): number {
  const { low, high, lowRatio, highRatio } = ALIAS_ALLOWANCE;
  if (nodes <= low) return lowRatio;
  if (nodes >= high) return highRatio;
  return lowRatio - (lowRatio - highRatio) * ((nodes - low) / (high - low));
}

/** A key named `__proto__` is data like any other. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
