import { type JsonObject, objectAt } from "../manifest/values.ts";
import { LAST_APPLIED_ANNOTATION, ROTATED_ANNOTATION, ROTATION_ANNOTATION } from "./secret-facts.ts";

/** A source with its new values (base64) and the note that a rotation of them has begun: one write, or none. */
export function beginRotation(
  secret: JsonObject,
  data: Readonly<Record<string, string>>,
  begun: string,
): JsonObject {
  const note = JSON.stringify({ keys: Object.keys(data), begun });
  return annotated(withData(secret, data), { ...annotationsOf(secret), [ROTATION_ANNOTATION]: note });
}

/** A Secret with some values replaced; everything else of it stays, its version too, but not what kubectl remembers. */
export function withData(secret: JsonObject, data: Readonly<Record<string, string>>): JsonObject {
  return annotated({ ...secret, data: { ...objectAt(secret, "data"), ...data } }, annotationsOf(secret));
}

/** A source whose rotation is done: the note goes, the time of each key stays. */
export function endRotation(
  secret: JsonObject,
  keys: readonly string[],
  rotated: Readonly<Record<string, string>>,
  ended: string,
): JsonObject {
  const { [ROTATION_ANNOTATION]: _note, ...annotations } = annotationsOf(secret);
  const times = { ...rotated, ...Object.fromEntries(keys.map((key) => [key, ended])) };
  return annotated(secret, { ...annotations, [ROTATED_ANNOTATION]: JSON.stringify(times) });
}

/** Who applied a Secret with kubectl has its values, perhaps older ones, in an annotation as well. */
export function annotationsOf(secret: unknown): JsonObject {
  const { [LAST_APPLIED_ANNOTATION]: _values, ...others } = objectAt(secret, "metadata", "annotations") ?? {};
  return others;
}

function annotated(secret: JsonObject, annotations: JsonObject): JsonObject {
  return { ...secret, metadata: { ...objectAt(secret, "metadata"), annotations } };
}
