import { formatCpu, formatMemory } from "../accounting/quantity.ts";

/** Bytes of a proof for people: `1.5 Gi`, `0`. */
export function memory(bytes: number): string {
  return bytes === 0 ? "0" : formatMemory(BigInt(bytes) * 1000n);
}

/** Milli-CPU of a proof for people: `250m`, `2`. */
export function cpu(milliCpu: number): string {
  return formatCpu(BigInt(milliCpu));
}
