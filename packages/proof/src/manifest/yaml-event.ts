import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";

/** Offset in the text at which a node starts; negative when it has no text of its own. */
export function positionOf(event: Event): number {
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

/** The text of a scalar as Go's parser reads it: unquoted, unescaped, unfolded. */
export function scalarText(text: string, event: ScalarEvent): string {
  if (event.valueStart < 0) return "";
  const value = getScalarValue(text, event);
  const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  // A block scalar that the text ends in has no line break to keep, where YAML 1.2 supplies one.
  if (isBlock && value.endsWith("\n") && event.valueEnd === text.length && !text.endsWith("\n")) {
    return value.slice(0, -1);
  }
  return value;
}
