import ipaddr from "ipaddr.js";
import { parseQuantity } from "../accounting/quantity.ts";

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Go durations and kube-openapi's looser words: `90s`, `1h30m`, `3 weeks`. */
const DURATION = /^[+-]?((\d+(\.\d*)?|\.\d+)\s*[A-Za-zµ]+\s*)+$|^[+-]?0$/;
const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** True for standard base64; the API server's decoder skips line breaks. */
function isBase64(text: string): boolean {
  return BASE64.test(text.replaceAll(/[\r\n]/g, ""));
}

interface Format {
  readonly expected: string;
  readonly admits: (value: string | number) => boolean;
}

const ofString = (admits: (text: string) => boolean) => (value: string | number) =>
  typeof value !== "string" || admits(value);
const ofNumber = (admits: (value: number) => boolean) => (value: string | number) =>
  typeof value !== "number" || admits(value);

/** The formats that the API server enforces (its types' own decoders; kube-openapi's registry for CRDs). */
const FORMATS = new Map<string, Format>([
  [
    "quantity",
    { expected: 'a quantity such as "500m" or "1Gi"', admits: (value) => parseQuantity(value) !== undefined },
  ],
  ["int32", { expected: "a 32-bit integer", admits: ofNumber((value) => Math.abs(value) <= 2 ** 31) }],
  ["date-time", { expected: "an RFC 3339 time", admits: ofString((text) => DATE_TIME.test(text)) }],
  ["byte", { expected: "base64", admits: ofString(isBase64) }],
  ["duration", { expected: 'a duration such as "30s"', admits: ofString((text) => DURATION.test(text)) }],
  ["uuid", { expected: "a UUID", admits: ofString((text) => UUID.test(text)) }],
  [
    "ipv4",
    { expected: "an IPv4 address", admits: ofString((text) => ipaddr.IPv4.isValidFourPartDecimal(text)) },
  ],
  ["ipv6", { expected: "an IPv6 address", admits: ofString((text) => ipaddr.IPv6.isValid(text)) }],
  ["cidr", { expected: "a network in CIDR notation", admits: ofString((text) => ipaddr.isValidCIDR(text)) }],
  [
    "uri",
    { expected: "an absolute URI", admits: ofString((text) => URL.canParse(text) || text.startsWith("/")) },
  ],
]);

/** What a format expects when the value does not have it; undefined when it does or nobody enforces it. */
export function formatMismatch(format: string, value: string | number): string | undefined {
  const known = FORMATS.get(format);
  return known === undefined || known.admits(value) ? undefined : known.expected;
}
