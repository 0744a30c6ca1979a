/**
 * One cycle for each back edge of a depth-first walk, as its nodes in order of dependency; a node that needs
 * itself is a cycle of one. Empty exactly when the graph has an order. The walk keeps its own stack, so that a
 * chain of any length fits.
 */
export function findCycles<Node>(graph: ReadonlyMap<Node, readonly Node[]>): readonly (readonly Node[])[] {
  const cycles: Node[][] = [];
  const done = new Set<Node>();
  for (const start of graph.keys()) {
    if (done.has(start)) continue;
    const path: Node[] = [start];
    const depth = new Map<Node, number>([[start, 0]]);
    const pending = [(graph.get(start) ?? []).values()];
    while (path.length > 0) {
      const node = path[path.length - 1] as Node;
      const next = pending[pending.length - 1]?.next();
      if (next === undefined || next.done) {
        done.add(node);
        depth.delete(node);
        path.pop();
        pending.pop();
      } else if (depth.has(next.value)) {
        cycles.push(path.slice(depth.get(next.value)));
      } else if (!done.has(next.value)) {
        depth.set(next.value, path.length);
        path.push(next.value);
        pending.push((graph.get(next.value) ?? []).values());
      }
    }
  }
  return cycles;
}
