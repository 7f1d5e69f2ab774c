/**
 * The cycles of a directed graph: groups of nodes of which each can be reached from each other.
 *
 * @param arrows from every node to those that it leads to
 * @returns each group sorted; nodes outside of a cycle are left out, also one that leads to itself
 */
export function circlesOf(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reachable = new Map([...arrows.keys()].map((node) => [node, reachableFrom(arrows, node)]));
  const circles: string[][] = [];
  const placed = new Set<string>();
  for (const [node, others] of reachable) {
    if (placed.has(node)) {
      continue;
    }
    const circle = [...others].filter((other) => other !== node && reachable.get(other)?.has(node) === true);
    if (circle.length > 0) {
      circles.push([node, ...circle].sort());
    }
    for (const member of circle) {
      placed.add(member);
    }
  }
  return circles;
}

/** All nodes that can be reached from the node. */
export function reachableFrom(
  arrows: ReadonlyMap<string, ReadonlySet<string>>,
  node: string,
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [node];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const to of arrows.get(from) ?? []) {
      if (!found.has(to)) {
        found.add(to);
        open.push(to);
      }
    }
  }
  return found;
}
