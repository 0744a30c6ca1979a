import { readdir, readFile } from "node:fs/promises";
import type { Program } from "../cluster/program.ts";

const EVERY_MS = 100;

/**
 * Follows the memory of a program together with all that it starts (the repo-server's Helm, for instance), for as long as
 * it runs: what a container's limit counts, but for the page cache, which gives way. What several processes share counts
 * for each of them. The returned function tells the greatest sum so far, in bytes.
 */
export function followMemory(program: Program): () => number {
  let peak = 0;
  void (async () => {
    while (program.isRunning()) {
      peak = Math.max(peak, await memoryOfTree(program.pid));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return () => peak;
}

async function memoryOfTree(pid: number): Promise<number> {
  const children = await childrenOf(pid);
  const sizes = await Promise.all([residentSize(pid), ...children.map(memoryOfTree)]);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What a process has resident; nothing once it has ended. */
async function residentSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, "utf8").catch(() => "")),
  );
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}
