const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;

/** `spec` + `replicas` → `spec.replicas`; keys with dots or slashes are quoted in brackets. */
export function fieldPath(parent: string, key: string | number): string {
  if (typeof key === "number") return `${parent}[${key}]`;
  if (!PLAIN_KEY.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}
