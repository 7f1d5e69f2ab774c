/** Partial responses: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#partial-response */

type Tree = Map<string, Tree>;

function treeOf(paths: readonly string[]): Tree {
  const root: Tree = new Map();
  for (const path of paths) {
    let at = root;
    for (const part of path.split('.')) {
      const next: Tree = at.get(part) ?? new Map();
      at.set(part, next);
      at = next;
    }
  }
  return root;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keeps what the tree names; a leaf keeps all that is below it, `*` every field. */
function keep(value: unknown, tree: Tree): unknown {
  if (tree.size === 0 || tree.has('*')) return value;
  if (Array.isArray(value)) return value.map((each) => keep(each, tree));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, below]) => {
      const wanted = tree.get(name);
      return wanted === undefined ? [] : [[name, keep(below, wanted)]];
    }),
  );
}

function drop(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((each) => drop(each, tree));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, below]) => {
      const unwanted = tree.get(name);
      if (unwanted === undefined) return [[name, below]];
      return unwanted.size === 0 ? [] : [[name, drop(below, unwanted)]];
    }),
  );
}

/** Applies `fields`. Whatever exists is sent without being asked for, so `+` adds nothing to it. */
export function selectFields(value: unknown, fields: string | null): unknown {
  const names = (fields ?? '').split(',').filter((name) => name !== '');
  const plain = names.filter((name) => !/^[+-]/.test(name));
  const added = names.filter((name) => name.startsWith('+')).map((name) => name.slice(1));
  const removed = names.filter((name) => name.startsWith('-')).map((name) => name.slice(1));
  const kept = plain.length === 0 ? value : keep(value, treeOf([...plain, ...added]));
  return removed.length === 0 ? kept : drop(kept, treeOf(removed));
}
