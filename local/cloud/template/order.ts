/**
 * Sorts nodes so that each comes after those it depends on; otherwise the order is kept.
 *
 * @param dependencies names that a node depends on; names that are no node are ignored
 * @throws Error naming the nodes of a cycle
 */
export function sortByDependencies<Node>(
  nodes: ReadonlyMap<string, Node>,
  dependencies: (node: Node) => Iterable<string>,
): Node[] {
  const sorted: Node[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]) => {
    const node = nodes.get(name);
    if (node === undefined || done.has(name)) return;
    if (path.includes(name)) {
      throw new Error(`The template has a cycle: ${[...path.slice(path.indexOf(name)), name].join(' → ')}`);
    }
    for (const dependency of dependencies(node)) visit(dependency, [...path, name]);
    done.add(name);
    sorted.push(node);
  };
  for (const name of nodes.keys()) visit(name, []);
  return sorted;
}
