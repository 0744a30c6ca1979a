/**
 * Typed clients write the built-in kinds in protobuf: read here are the parts that the programs under test write.
 * Source: apimachinery 0.36, pkg/runtime/generated.proto (Unknown: raw = 2); api 0.36, core/v1/generated.proto and
 * networking/v1/generated.proto.
 */
export function readProtobuf(kind: string, body: Buffer): Readonly<Record<string, unknown>> {
  if (body.subarray(0, 4).toString("latin1") !== "k8s\0") throw new Error("not Kubernetes' protobuf");
  const [raw = EMPTY] = fieldsOf(body.subarray(4), 2);
  if (kind === "Secret") return { data: secretData(raw) };
  if (kind === "Service" || kind === "Ingress") return { status: loadBalancerStatus(raw) };
  throw new Error(`a ${kind} in protobuf`);
}

const EMPTY = Buffer.alloc(0);

/** Secret: data = 2, a map of key = 1 and value = 2. */
function secretData(secret: Buffer): Readonly<Record<string, string>> {
  const entries = fieldsOf(secret, 2).map((entry) => {
    const [key = EMPTY] = fieldsOf(entry, 1);
    const [value = EMPTY] = fieldsOf(entry, 2);
    return [key.toString(), value.toString("base64")] as const;
  });
  return Object.fromEntries(entries);
}

/** Service and Ingress: status = 3, its loadBalancer = 1, its ingress = 1, its ip = 1. */
function loadBalancerStatus(object: Buffer): object {
  const [status = EMPTY] = fieldsOf(object, 3);
  const [loadBalancer = EMPTY] = fieldsOf(status, 1);
  const ingress = fieldsOf(loadBalancer, 1).map((entry) => ({
    ip: (fieldsOf(entry, 1)[0] ?? EMPTY).toString(),
  }));
  return { loadBalancer: { ingress } };
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** The contents of every field with this number; other numbers are skipped. */
function fieldsOf(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const type = key & 7;
    const size = varint();
    if (type === VARINT) continue;
    if (type !== LENGTH_DELIMITED) throw new Error(`a field of wire type ${type} in protobuf`);
    if (key >> 3 === wanted) found.push(message.subarray(at, at + size));
    at += size;
  }
  return found;
}
