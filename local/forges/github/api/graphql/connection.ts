import { GraphQLError, type GraphQLResolveInfo, Kind } from 'graphql';
import { graphqlError, unimplemented, WENT_WRONG } from './errors.ts';
import type { Args, QueryContext } from './sources.ts';

const MAX_PAGE = 100;

/** An item's position in the order. Strings compare without case; the last part makes the order total. */
export type SortKey = readonly (string | number)[];

/** A list to be shown as a connection. */
export interface List<Item> {
  readonly items: readonly Item[];
  readonly key: (item: Item) => SortKey;
  readonly descending?: boolean;
  readonly node: (item: Item) => unknown;
  /** Additional fields of the edge. */
  readonly edge?: (item: Item) => Readonly<Record<string, unknown>>;
  /** Database id of the object that the list belongs to, for aiming faults. */
  readonly owner: number;
  /** Cursors count items instead of naming a position, as GitHub's cursors of refs do: if the list changes, items may be skipped. */
  readonly countingCursors?: boolean;
}

function compareKeys(a: SortKey, b: SortKey): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index] ?? 0, b[index] ?? 0].map((part) =>
      typeof part === 'string' ? part.toLowerCase() : part,
    );
    if (left === undefined || right === undefined || left === right) continue;
    return left < right ? -1 : 1;
  }
  return 0;
}

function encodeCursor(key: SortKey): string {
  return Buffer.from(`cursor:v2:${JSON.stringify(key)}`).toString('base64');
}

function invalidCursor(cursor: string): Error {
  return graphqlError('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
}

function decodeCursor(cursor: string): SortKey {
  const text = Buffer.from(cursor, 'base64').toString('utf8');
  let value: unknown;
  try {
    value = text.startsWith('cursor:v2:') ? JSON.parse(text.slice(10)) : undefined;
  } catch {
    value = undefined;
  }
  const isKey = (parts: unknown): parts is SortKey =>
    Array.isArray(parts) && parts.every((part) => typeof part === 'string' || typeof part === 'number');
  if (!isKey(value)) throw invalidCursor(cursor);
  return value;
}

function decodeCount(cursor: string): number {
  const count = Number(Buffer.from(cursor, 'base64').toString('utf8'));
  if (!Number.isInteger(count) || count < 1) throw invalidCursor(cursor);
  return count;
}

/** Whether a selection requests items and so needs page boundaries; `totalCount` alone needs none. */
function asksForItems(info: GraphQLResolveInfo): boolean {
  return info.fieldNodes.some((node) =>
    node.selectionSet?.selections.some(
      (selection) =>
        selection.kind !== Kind.FIELD || !['totalCount', '__typename'].includes(selection.name.value),
    ),
  );
}

function boundary(args: Args, name: string): number | undefined {
  return typeof args[name] === 'number' ? args[name] : undefined;
}

function checkBoundaries(args: Args, field: string): { first: number | undefined; last: number | undefined } {
  const first = boundary(args, 'first');
  const last = boundary(args, 'last');
  if (first === undefined && last === undefined) {
    throw graphqlError(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
    );
  }
  if (first !== undefined && last !== undefined)
    throw unimplemented(`\`first\` and \`last\` together on \`${field}\``);
  for (const [name, size] of [['first', first] as const, ['last', last] as const]) {
    if (size === undefined) continue;
    if (size > MAX_PAGE) {
      throw graphqlError(
        'EXCESSIVE_PAGINATION',
        `Requesting ${size} records on the \`${field}\` connection exceeds the \`${name}\` limit of ${MAX_PAGE} records.`,
      );
    }
    if (size < 0)
      throw graphqlError(
        'EXCESSIVE_PAGINATION',
        `\`${name}\` on the \`${field}\` connection cannot be less than zero.`,
      );
  }
  return { first, last };
}

/**
 * Shows a list as a connection: total, page, cursors, and GitHub's errors for missing or excessive page boundaries, which affect only this
 * field of the answer.
 */
export function connection<Item>(
  list: List<Item>,
  args: Args,
  context: QueryContext,
  info: GraphQLResolveInfo,
) {
  const totalCount = list.items.length;
  if (!asksForItems(info)) return { totalCount };
  const { first, last } = checkBoundaries(args, info.fieldName);
  const sign = list.descending ? -1 : 1;
  const keyed = list.items
    .map((item) => ({ item, key: list.key(item) }))
    .sort((a, b) => sign * compareKeys(a.key, b.key))
    .map(({ item, key }, index) => ({
      item,
      key,
      index,
      cursor: list.countingCursors ? Buffer.from(`${index + 1}`).toString('base64') : encodeCursor(key),
    }));

  const passed = (cursor: string) => {
    if (list.countingCursors) {
      const count = decodeCount(cursor);
      return (entry: { index: number }) => Math.sign(entry.index + 1 - count);
    }
    const at = decodeCursor(cursor);
    return (entry: { key: SortKey }) => sign * compareKeys(entry.key, at);
  };
  const after = typeof args.after === 'string' ? passed(args.after) : undefined;
  const before = typeof args.before === 'string' ? passed(args.before) : undefined;
  const range = keyed.filter(
    (entry) => (after === undefined || after(entry) > 0) && (before === undefined || before(entry) < 0),
  );
  const page =
    first !== undefined ? range.slice(0, first) : range.slice(Math.max(0, range.length - (last ?? 0)));

  const start = page[0]?.index ?? 0;
  const match = {
    list: `${info.parentType.name}.${info.fieldName}`,
    owner: `${list.owner}`,
    page: `${Math.floor(start / Math.max(1, first ?? last ?? 1)) + 1}`,
  };
  if (context.fault('failing-page', match)) {
    throw new GraphQLError(WENT_WRONG);
  }
  if (context.fault('resource-limits', match)) {
    throw graphqlError('RESOURCE_LIMITS_EXCEEDED', 'Resource limits for this query exceeded.');
  }
  const short = context.fault('short-page', match);
  const shown = short === undefined ? page : page.slice(0, Math.max(0, page.length - (short.drop ?? 1)));
  const end = page.at(-1);
  return {
    totalCount,
    nodes: () => shown.map(({ item }) => list.node(item)),
    edges: () =>
      shown.map(({ item, cursor }) => ({ cursor, node: () => list.node(item), ...list.edge?.(item) })),
    pageInfo: {
      hasNextPage: end === undefined ? first === 0 && range.length > 0 : end.index < keyed.length - 1,
      hasPreviousPage: page[0] !== undefined && page[0].index > 0,
      startCursor: page[0]?.cursor ?? null,
      endCursor: end?.cursor ?? null,
    },
  };
}
