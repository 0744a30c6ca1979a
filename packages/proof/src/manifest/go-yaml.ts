import {
  EVENT_ID,
  type Event,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from "js-yaml";
import { isExcessiveAliasing } from "./alias-allowance.ts";
import { keyOf, type ResolvedScalar, resolveScalar } from "./go-scalar.ts";
import { resolveTagged, shortTag } from "./go-tag.ts";
import { type RepeatedKey, RepeatedKeys } from "./repeated-keys.ts";
import { isObject } from "./values.ts";
import { positionOf, scalarText } from "./yaml-event.ts";

/** One document of a stream as sigs.k8s.io/yaml would turn it into JSON. */
export interface YamlDocument {
  /** Null for an empty document. */
  readonly value: unknown;
  /** Offset of the first node in the text; undefined for an empty document. */
  readonly start: number | undefined;
  readonly repeatedKeys: readonly RepeatedKey[];
}

/**
 * Reads YAML as Kubernetes' tools do (`sigs.k8s.io/yaml` 1.6.0, not strict): the scalars of {@link resolveScalar};
 * of repeated keys the last one counts; `<<` takes effect where it stands, so it overrides the keys above it;
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

class Construction {
  readonly #text: string;
  readonly #events: readonly Event[];
  #next = 0;
  #anchors = new Map<string, Anchored | "open">();
  #nodes = 0;
  #aliased = 0;
  #repeated = new RepeatedKeys();

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
      this.#repeated = new RepeatedKeys();
      const first = this.#peek();
      if (first.type === EVENT_ID.POP) {
        documents.push({ value: null, start: undefined, repeatedKeys: [] });
      } else {
        const start = positionOf(first);
        const value = this.#node();
        const { found } = this.#repeated;
        documents.push({ value, start: start < 0 ? undefined : start, repeatedKeys: found });
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
    while (this.#peek().type !== EVENT_ID.POP) {
      const known = this.#repeated.found.length;
      items.push(this.#node());
      this.#repeated.placeBelow(items.length - 1, known);
    }
    return items;
  }

  #mapping(): Record<string, unknown> {
    const target: Record<string, unknown> = {};
    // A key that overrides a merged one is no repetition.
    const merged = new Set<string>();
    while (this.#peek().type !== EVENT_ID.POP) {
      const event = this.#peek();
      if (event.type === EVENT_ID.SCALAR && this.#isMerge(event)) {
        this.#next += 1;
        const position = positionOf(this.#peek());
        for (const key of this.#merge(target, this.#node(), position)) merged.add(key);
      } else {
        const key = this.#key();
        const known = this.#repeated.found.length;
        if (Object.hasOwn(target, key) && !merged.delete(key)) this.#repeated.add(positionOf(event));
        setOwn(target, key, this.#node());
        this.#repeated.placeBelow(key, known);
      }
    }
    return target;
  }

  /** Returns the keys that it has set. */
  #merge(target: Record<string, unknown>, source: unknown, position: number): string[] {
    const sources: unknown[] = Array.isArray(source) ? source.toReversed() : [source];
    return sources.flatMap((one) => {
      if (!isObject(one)) return this.#fail(position, "a merge (<<) needs a mapping or a list of mappings");
      for (const [key, value] of Object.entries(one)) setOwn(target, key, value);
      return Object.keys(one);
    });
  }

  #isMerge(event: ScalarEvent): boolean {
    if (event.tagStart >= 0) return shortTag(this.#text.slice(event.tagStart, event.tagEnd)) === "merge";
    return (
      event.style === SCALAR_STYLE.PLAIN &&
      event.valueEnd - event.valueStart === 2 &&
      scalarText(this.#text, event) === "<<"
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
    if (isExcessiveAliasing(this.#aliased, this.#nodes)) {
      this.#fail(position, "the document contains excessive aliasing");
    }
    return anchored;
  }

  #scalar(event: ScalarEvent): ResolvedScalar {
    const text = scalarText(this.#text, event);
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

  #fail(position: number, reason: string): never {
    return YAMLException.throwAt(this.#text, Math.max(position, 0), reason);
  }
}

/** A key named `__proto__` is data like any other. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
