/** Name syntaxes of apimachinery 0.36 `util/validation`. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

export function isDnsLabel(name: string): boolean {
  return name.length <= 63 && DNS_LABEL.test(name);
}

export function isDnsSubdomain(name: string): boolean {
  return name.length <= 253 && DNS_SUBDOMAIN.test(name);
}

/** RBAC names: any text that is one segment of a URL's path. */
export function isPathSegment(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/%]/.test(name);
}

/** `name` or `prefix/name`. */
export function isQualifiedName(key: string): boolean {
  const [first = "", second, ...rest] = key.split("/");
  if (rest.length > 0) return false;
  const name = second ?? first;
  return (second === undefined || isDnsSubdomain(first)) && name.length <= 63 && QUALIFIED.test(name);
}

export function isLabelValue(value: string): boolean {
  return value === "" || (value.length <= 63 && QUALIFIED.test(value));
}

/** An IANA service name: `http`, at most 15 characters, with a letter. */
export function isPortName(name: string): boolean {
  return name.length <= 15 && DNS_LABEL.test(name) && /[a-z]/.test(name) && !name.includes("--");
}

export function isPortNumber(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

/** A key of a ConfigMap or Secret, which is also a file name. */
export function isDataKey(key: string): boolean {
  return /^[-._a-zA-Z0-9]+$/.test(key) && key.length <= 253 && key !== "." && !key.startsWith("..");
}
