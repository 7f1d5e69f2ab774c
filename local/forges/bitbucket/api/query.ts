/** Filters and sorting: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering */
import { refused } from './http.ts';

type Test = (item: unknown) => boolean;

const tokens = /\s*(?:(\(|\)|,)|(!=|!~|>=|<=|=|~|>|<)|"((?:[^"\\]|\\.)*)"|([^\s()=!~<>,"]+))/y;

interface Token {
  readonly kind: 'mark' | 'operator' | 'text' | 'word';
  readonly text: string;
}

const malformed = () => refused(400, 'Invalid query expression');

function tokenize(query: string): Token[] {
  const found: Token[] = [];
  tokens.lastIndex = 0;
  while (tokens.lastIndex < query.trimEnd().length) {
    const match = tokens.exec(query);
    if (match === null) throw malformed();
    const [, mark, operator, text, word] = match;
    if (mark !== undefined) found.push({ kind: 'mark', text: mark });
    else if (operator !== undefined) found.push({ kind: 'operator', text: operator });
    else if (text !== undefined) found.push({ kind: 'text', text: text.replace(/\\(.)/g, '$1') });
    else found.push({ kind: 'word', text: word ?? '' });
  }
  return found;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The value at a dotted path. @throws RefusalError 400 for a field that cannot be filtered by */
function valueAt(item: unknown, path: string): unknown {
  let value = item;
  for (const name of path.split('.')) {
    if (value === null) return null;
    if (!isObject(value) || !(name in value)) throw refused(400, `${path} does not support filtering`);
    value = value[name];
  }
  return value;
}

/** Permissions have an order of their own. */
const order = (path: string, value: unknown): unknown =>
  path.endsWith('permission') ? ['none', 'read', 'write', 'admin'].indexOf(`${value}`) : value;

function literal({ kind, text }: Token): unknown {
  if (kind === 'text') return text;
  if (kind !== 'word') throw malformed();
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

const isOrdered = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

function comparisonOf(path: string, operator: string, given: unknown): Test {
  const wanted = order(path, given);
  const compare =
    (test: (a: string | number, b: string | number) => boolean): Test =>
    (item) => {
      const value = order(path, valueAt(item, path));
      return isOrdered(value) && isOrdered(wanted) && test(value, wanted);
    };
  const contains: Test = (item) =>
    `${valueAt(item, path) ?? ''}`.toLowerCase().includes(`${given}`.toLowerCase());
  switch (operator) {
    case '=':
      return (item) => order(path, valueAt(item, path)) === wanted;
    case '!=':
      return (item) => order(path, valueAt(item, path)) !== wanted;
    case '~':
      return contains;
    case '!~':
      return (item) => !contains(item);
    case '>':
      return compare((a, b) => a > b);
    case '>=':
      return compare((a, b) => a >= b);
    case '<':
      return compare((a, b) => a < b);
    default:
      return compare((a, b) => a <= b);
  }
}

/** Parses an expression: comparisons, lists (`IN`), `AND`, `OR` and parentheses. @throws RefusalError 400 */
export function parseQuery(query: string): Test {
  const all = tokenize(query);
  let at = 0;
  const next = (): Token => {
    const token = all[at];
    if (token === undefined) throw malformed();
    at += 1;
    return token;
  };
  const takes = (kind: Token['kind'], text: string): boolean => {
    const token = all[at];
    const isIt = token?.kind === kind && token.text.toUpperCase() === text;
    if (isIt) at += 1;
    return isIt;
  };
  const listOf = (): unknown[] => {
    if (!takes('mark', '(')) throw malformed();
    const values = [literal(next())];
    while (takes('mark', ',')) values.push(literal(next()));
    if (!takes('mark', ')')) throw malformed();
    return values;
  };
  const comparison = (): Test => {
    if (takes('mark', '(')) {
      const inner = either();
      if (!takes('mark', ')')) throw malformed();
      return inner;
    }
    const { kind, text: path } = next();
    if (kind !== 'word') throw malformed();
    const isNot = takes('word', 'NOT');
    if (isNot || (all[at]?.kind === 'word' && all[at]?.text.toUpperCase() === 'IN')) {
      if (!takes('word', 'IN')) throw malformed();
      const values = listOf();
      return (item) => values.includes(valueAt(item, path)) !== isNot;
    }
    const operator = next();
    if (operator.kind !== 'operator') throw malformed();
    return comparisonOf(path, operator.text, literal(next()));
  };
  const both = (): Test => {
    let test = comparison();
    while (takes('word', 'AND')) {
      const [left, right] = [test, comparison()];
      test = (item) => left(item) && right(item);
    }
    return test;
  };
  const either = (): Test => {
    let test = both();
    while (takes('word', 'OR')) {
      const [left, right] = [test, both()];
      test = (item) => left(item) || right(item);
    }
    return test;
  };
  const parsed = either();
  if (at < all.length) throw malformed();
  return parsed;
}

/** A comparison by one field; `-` in front reverses it. @param isNatural whether numbers in texts count as numbers */
export function sorterOf(sort: string, isNatural = false): (a: unknown, b: unknown) => number {
  const path = sort.replace(/^-/, '');
  const sign = sort.startsWith('-') ? -1 : 1;
  return (a, b) => {
    const [left, right] = [valueAt(a, path), valueAt(b, path)];
    if (isNatural) return sign * `${left}`.localeCompare(`${right}`, 'en', { numeric: true });
    if (!isOrdered(left) || !isOrdered(right) || left === right) return 0;
    return left < right ? -sign : sign;
  };
}
