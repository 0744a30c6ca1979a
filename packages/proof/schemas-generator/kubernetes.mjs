/** Definitions whose Go type decodes itself: the OpenAPI document does not say what they accept. */
const SELF_DECODING = {
  "resource.Quantity": { format: "quantity" },
  "intstr.IntOrString": { "x-kubernetes-int-or-string": true },
  "meta.v1.Time": { type: "string", format: "date-time" },
  "meta.v1.MicroTime": { type: "string", format: "date-time" },
  "meta.v1.FieldsV1": { "x-kubernetes-preserve-unknown-fields": true },
  "runtime.RawExtension": { "x-kubernetes-preserve-unknown-fields": true },
};

/**
 * Every kind that can be created, with its scope, and the definitions that they reach. `status` is left
 * open: the server ignores it.
 */
export function kubernetesBundle(openApi, facts) {
  const scopes = scopesByKind(openApi.paths);
  const kinds = {};
  const definitions = {};
  for (const [name, definition] of Object.entries(openApi.definitions)) {
    for (const { group, version, kind } of definition["x-kubernetes-group-version-kind"] ?? []) {
      const key = `${group === "" ? "" : `${group}/`}${version}/${kind}`;
      const scope = scopes.get(key);
      if (scope === undefined) continue;
      kinds[key] = { scope, schema: { $ref: shortName(name) } };
      collect(name);
    }
  }
  collect("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  return { kinds, definitions };

  function collect(name) {
    const short = shortName(name);
    if (short in definitions) return;
    definitions[short] = {};
    definitions[short] = convert(openApi.definitions[name], short, isKind(openApi.definitions[name]));
  }

  function convert(schema, owner, isRoot) {
    const { $ref, properties, items, additionalProperties } = schema;
    if ($ref !== undefined) {
      const target = $ref.replace("#/definitions/", "");
      const selfDecoding = SELF_DECODING[tail(target, 3)] ?? SELF_DECODING[tail(target, 2)];
      if (selfDecoding !== undefined) return selfDecoding;
      const definition = openApi.definitions[target];
      if (definition.type === undefined && definition.properties === undefined) return {};
      collect(target);
      return { $ref: shortName(target) };
    }
    const result = {};
    for (const keyword of [
      "type",
      "format",
      "required",
      "x-kubernetes-list-type",
      "x-kubernetes-list-map-keys",
    ]) {
      if (schema[keyword] !== undefined) result[keyword] = schema[keyword];
    }
    if (result["x-kubernetes-list-type"] === "atomic") delete result["x-kubernetes-list-type"];
    if (properties !== undefined) {
      result.properties = {};
      for (const [field, property] of Object.entries(properties)) {
        if (isRoot && field === "status") result.properties.status = {};
        else result.properties[field] = withFacts(convert(property, owner, false), owner, field);
      }
    }
    if (items !== undefined) result.items = convert(items, owner, false);
    if (additionalProperties !== undefined)
      result.additionalProperties = convert(additionalProperties, owner, false);
    return result;
  }

  function withFacts(property, owner, field) {
    const found = facts.get(`${owner} ${field}`);
    if (found === undefined) return property;
    const result = { ...property };
    if (found.enum !== undefined) result.enum = found.enum;
    if (found.default !== undefined && result.$ref === undefined) result.default = found.default;
    if (found.itemEnum !== undefined && result.items !== undefined) {
      result.items = { ...result.items, enum: found.itemEnum };
    }
    return result;
  }
}

function isKind(definition) {
  return definition["x-kubernetes-group-version-kind"] !== undefined;
}

/** `io.k8s.api.core.v1.Container` → `core.v1.Container`. */
function shortName(name) {
  return tail(name, 3);
}

function tail(name, count) {
  return name.split(".").slice(-count).join(".");
}

/** Scope by `group/version/kind`, from the paths that objects are created at. */
function scopesByKind(paths) {
  const scopes = new Map();
  for (const [path, { post }] of Object.entries(paths)) {
    const identity = post?.["x-kubernetes-group-version-kind"];
    if (identity === undefined || post["x-kubernetes-action"] !== "post") continue;
    if (/\{name\}/.test(path)) continue;
    const { group, version, kind } = identity;
    const key = `${group === "" ? "" : `${group}/`}${version}/${kind}`;
    scopes.set(key, path.includes("/namespaces/{namespace}/") ? "Namespaced" : "Cluster");
  }
  return scopes;
}
