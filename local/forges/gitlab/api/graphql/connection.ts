import { GraphQLError } from 'graphql';
import type { Fault } from '../../../faults/faults.ts';

const mostItems = 100;

/** A list to be shown as a connection, in its order. */
export interface List<Item> {
  readonly items: readonly Item[];
  /** An item's place, which its cursor names. */
  readonly key: (item: Item) => string;
  readonly node: (item: Item) => unknown;
  /** Type and field, such as `Group.projects`. */
  readonly name: string;
  readonly fault: (kind: string, more: Record<string, string>) => Fault | undefined;
}

type Args = Readonly<Record<string, unknown>>;

const encode = (key: string): string => Buffer.from(JSON.stringify({ id: key })).toString('base64url');

function positionOf<Item>({ items, key }: List<Item>, cursor: unknown): number | undefined {
  if (typeof cursor !== 'string') return undefined;
  const at = items.findIndex((item) => encode(key(item)) === cursor);
  if (at === -1) throw new GraphQLError('Please provide a valid cursor');
  return at;
}

/** At most a hundred items, also if the request wants more. */
export function connection<Item>(list: List<Item>, args: Args) {
  const after = positionOf(list, args.after);
  const before = positionOf(list, args.before);
  const from = after === undefined ? 0 : after + 1;
  const to = before ?? list.items.length;
  const range = list.items.slice(from, to);
  const size = (given: unknown): number => Math.min(mostItems, typeof given === 'number' ? given : mostItems);
  const isBackwards = typeof args.last === 'number';
  const start = isBackwards ? Math.max(0, range.length - size(args.last)) : 0;
  const page = isBackwards ? range.slice(start) : range.slice(0, size(args.first));
  const match = { list: list.name, page: `${Math.floor(from / mostItems) + 1}` };
  if (list.fault('failing-page', match)) throw new GraphQLError('Internal server error');
  const short = list.fault('short-page', match);
  const shown = short === undefined ? page : page.slice(0, Math.max(0, page.length - (short.drop ?? 1)));
  const [first, last] = [page[0], page.at(-1)];
  return {
    count: list.items.length,
    nodes: shown.map(list.node),
    edges: shown.map((item) => ({ cursor: encode(list.key(item)), node: list.node(item) })),
    pageInfo: {
      hasNextPage: from + start + page.length < list.items.length,
      hasPreviousPage: from + start > 0,
      startCursor: first === undefined ? null : encode(list.key(first)),
      endCursor: last === undefined ? null : encode(list.key(last)),
    },
  };
}
