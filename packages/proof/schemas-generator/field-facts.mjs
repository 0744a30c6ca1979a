/**
 * Enumerations and defaults by definition and field (`core.v1.ServicePort`, `protocol`), read from the Go
 * source of Kubernetes' OpenAPI: the published documents leave both out.
 */
export function fieldFacts(goSource) {
  const facts = new Map();
  let definition;
  let field;
  for (const line of goSource.split("\n")) {
    const start = /^func schema_(\w+)\(/.exec(line);
    if (start !== null) definition = definitionName(start[1]);
    const property = /^\t{5}"([^"]+)": \{$/.exec(line);
    if (property !== null) field = property[1];
    const closed = /^\t{7}Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line);
    if (closed !== null) factsOf(facts, definition, field).enum = JSON.parse(`[${closed[1]}]`);
    const item = /^\t{10}Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line);
    if (item !== null) factsOf(facts, definition, field).itemEnum = JSON.parse(`[${item[1]}]`);
    const preset = /^\t{7}Default:\s+"(.+)",$/.exec(line);
    if (preset !== null) factsOf(facts, definition, field).default = preset[1];
  }
  return facts;
}

function factsOf(facts, definition, field) {
  const key = `${definition} ${field}`;
  if (!facts.has(key)) facts.set(key, {});
  return facts.get(key);
}

/** `k8sio_api_core_v1_Container` → `core.v1.Container`, the tail that the OpenAPI document's names share. */
function definitionName(goName) {
  return goName.split("_").slice(-3).join(".");
}
