/** Keywords that say what a value may be; the rest of a structural schema documents or merges. */
const KEYWORDS = [
  "type",
  "format",
  "required",
  "enum",
  "pattern",
  "nullable",
  "default",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "x-kubernetes-int-or-string",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
];

/** Below this length a reference is no shorter than what it stands for. */
const SHARED_FROM = 120;

/**
 * The kinds of CustomResourceDefinitions; subschemas that recur (Argo CD's generators repeat the whole
 * Application template several dozen times) become definitions.
 */
export function customResourceBundle(customResourceDefinitions) {
  const counts = new Map();
  const kinds = {};
  for (const { spec } of customResourceDefinitions) {
    for (const { name, served, schema } of spec.versions) {
      if (!served) continue;
      const { properties, ...root } = strip(schema.openAPIV3Schema);
      const { apiVersion, kind, metadata, status, ...own } = properties;
      kinds[`${spec.group}/${name}/${spec.names.kind}`] = {
        scope: spec.scope,
        schema: { ...root, properties: status === undefined ? own : { ...own, status: {} } },
      };
    }
  }
  for (const { schema } of Object.values(kinds)) count(schema, counts);

  const definitions = {};
  const names = new Map();
  for (const kind of Object.values(kinds)) kind.schema = share(kind.schema, true);
  return { kinds, definitions };

  function share(schema, isRoot = false) {
    const text = JSON.stringify(schema);
    if (isRoot || text.length < SHARED_FROM || counts.get(text) === 1)
      return mapSubschemas(schema, (sub) => share(sub));
    let name = names.get(text);
    if (name === undefined) {
      name = `shared.${names.size + 1}`;
      names.set(text, name);
      definitions[name] = mapSubschemas(schema, (sub) => share(sub));
    }
    return { $ref: name };
  }
}

function strip(schema) {
  const result = {};
  for (const keyword of KEYWORDS) if (schema[keyword] !== undefined) result[keyword] = schema[keyword];
  if (result["x-kubernetes-list-type"] === "atomic") delete result["x-kubernetes-list-type"];
  return { ...result, ...mapSubschemas(pick(schema, SUBSCHEMAS), strip) };
}

const SUBSCHEMAS = ["properties", "items", "additionalProperties", "allOf", "anyOf", "oneOf", "not"];

function pick(schema, keys) {
  return Object.fromEntries(keys.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]));
}

function mapSubschemas(schema, map) {
  const result = { ...schema };
  if (schema.properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, sub]) => [key, map(sub)]),
    );
  }
  for (const key of ["items", "additionalProperties", "not"]) {
    if (typeof schema[key] === "object") result[key] = map(schema[key]);
  }
  for (const key of ["allOf", "anyOf", "oneOf"]) {
    if (schema[key] !== undefined) result[key] = schema[key].map((sub) => map(sub));
  }
  return result;
}

function count(schema, counts) {
  const text = JSON.stringify(schema);
  const seen = counts.get(text) ?? 0;
  counts.set(text, seen + 1);
  if (seen > 0) return;
  mapSubschemas(schema, (sub) => {
    count(sub, counts);
    return sub;
  });
}
