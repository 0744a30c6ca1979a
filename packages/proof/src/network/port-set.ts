import { covers, type IntervalSet, intersect, union } from "./interval-set.ts";

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;
const LAST_PORT = 65535;

/** What a NetworkPolicy can tell apart; `TCP` when a port names none. */
export type Protocol = (typeof PROTOCOLS)[number];

/** The protocols lie one after the other on a single line of integers, so that ports are one interval set. */
const OFFSET: Readonly<Record<Protocol, number>> = { TCP: 0, UDP: LAST_PORT + 1, SCTP: 2 * (LAST_PORT + 1) };

/** Every port of one protocol. */
export function portsOf(protocol: Protocol): IntervalSet {
  return [{ first: OFFSET[protocol] + 1, last: OFFSET[protocol] + LAST_PORT }];
}

export const EVERY_PORT: IntervalSet = PROTOCOLS.flatMap((protocol) => portsOf(protocol));

/** Ports `first` to `last` of one protocol; empty when the numbers are no ports. */
export function portRange(protocol: Protocol, first: number, last: number): IntervalSet {
  if (!isPort(first) || !isPort(last) || last < first) return [];
  return [{ first: OFFSET[protocol] + first, last: OFFSET[protocol] + last }];
}

/** These numbers on every protocol: a declared flow names ports only. */
export function portsNumbered(ports: readonly number[]): IntervalSet {
  return union(...PROTOCOLS.flatMap((protocol) => ports.map((port) => portRange(protocol, port, port))));
}

export function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= LAST_PORT;
}

/** `TCP` for an absent protocol, undefined for one that does not exist. */
export function toProtocol(value: unknown): Protocol | undefined {
  return value === undefined || value === null ? "TCP" : PROTOCOLS.find((protocol) => protocol === value);
}

/** `TCP 5432, UDP 53`, or `every port`. */
export function describePorts(ports: IntervalSet): string {
  if (covers(ports, EVERY_PORT)) return "every port";
  return PROTOCOLS.flatMap((protocol) => {
    const ranges = intersect(ports, portsOf(protocol)).map(({ first, last }) => {
      const [from, to] = [first - OFFSET[protocol], last - OFFSET[protocol]];
      return from === to ? `${from}` : `${from}-${to}`;
    });
    return ranges.length === 0 ? [] : [`${protocol} ${ranges.join(" and ")}`];
  }).join(", ");
}
