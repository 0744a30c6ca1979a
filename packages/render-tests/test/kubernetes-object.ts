import type { IncomingMessage } from "node:http";
import { readProtobuf } from "./kubernetes-protobuf.ts";
import type { ApiPath } from "./kubernetes-resources.ts";

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** What an object becomes by an update or a patch; its status changes by that subresource only. */
export function changed(
  found: ApiObject,
  { resource, subresource }: ApiPath,
  verb: string,
  body: Buffer,
  request: IncomingMessage,
): ApiObject {
  if (request.headers["content-type"]?.includes("protobuf"))
    return { ...found, ...readProtobuf(resource.kind, body) };
  const given = json(body) as ApiObject;
  const wanted = verb === "patch" ? (merge(found, given) as ApiObject) : given;
  if (subresource === "status") return { ...found, status: wanted.status };
  return found.status === undefined ? wanted : { ...wanted, status: found.status };
}

function merge(into: unknown, from: unknown): unknown {
  if (!isRecord(into) || !isRecord(from)) return from;
  const keys = new Set([...Object.keys(into), ...Object.keys(from)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, key in from ? merge(into[key], from[key]) : into[key]]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function json(body: Buffer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}
