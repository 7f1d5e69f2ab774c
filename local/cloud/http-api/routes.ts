/** A route of an HTTP API. */
export interface Route<Target> {
  /** `GET /things/{id}`, `ANY /files/{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly target: Target;
}

export interface RouteMatch<Target> {
  readonly route: Route<Target>;
  /** Values of the path's variables, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** How specific a segment is: the most specific route wins, compared from left to right. */
const rank = { literal: 2, variable: 1, greedy: 0 } as const;

interface Candidate<Target> extends RouteMatch<Target> {
  readonly ranks: readonly number[];
  readonly isAnyMethod: boolean;
}

/**
 * Finds the route for a request: literal segments go before variables, variables before `{proxy+}`, a method before `ANY`, and everything
 * before `$default`. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 *
 * @param path not decoded, without the query
 */
export function matchRoute<Target>(
  routes: readonly Route<Target>[],
  method: string,
  path: string,
): RouteMatch<Target> | undefined {
  const candidates = routes
    .map((route) => matchOne(route, method, path))
    .filter((match) => match !== undefined);
  return candidates.sort(compare)[0] ?? defaultRoute(routes);
}

function matchOne<Target>(route: Route<Target>, method: string, path: string): Candidate<Target> | undefined {
  const [routeMethod, pattern] = route.routeKey.split(' ');
  if (pattern === undefined || (routeMethod !== method && routeMethod !== 'ANY')) return undefined;
  const wanted = pattern.split('/');
  const given = path.split('/');
  const pathParameters: Record<string, string> = {};
  const ranks: number[] = [];
  for (const [index, segment] of wanted.entries()) {
    const [, name, greedy] = /^\{([^+}]+)(\+)?\}$/.exec(segment) ?? [];
    const rest = given.slice(index);
    if (rest.length === 0) return undefined;
    if (name === undefined) {
      if (segment !== decode(given[index] ?? '')) return undefined;
      ranks.push(rank.literal);
    } else {
      const value = greedy ? rest.join('/') : (given[index] ?? '');
      if (value === '') return undefined;
      pathParameters[name] = decode(value);
      ranks.push(greedy ? rank.greedy : rank.variable);
      if (greedy) return { route, pathParameters, ranks, isAnyMethod: routeMethod === 'ANY' };
    }
  }
  if (given.length !== wanted.length) return undefined;
  return { route, pathParameters, ranks, isAnyMethod: routeMethod === 'ANY' };
}

function compare(a: Candidate<unknown>, b: Candidate<unknown>): number {
  for (let index = 0; index < Math.max(a.ranks.length, b.ranks.length); index += 1) {
    const difference = (b.ranks[index] ?? 0) - (a.ranks[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(a.isAnyMethod) - Number(b.isAnyMethod);
}

function defaultRoute<Target>(routes: readonly Route<Target>[]): RouteMatch<Target> | undefined {
  const route = routes.find(({ routeKey }) => routeKey === '$default');
  return route && { route, pathParameters: {} };
}

/** Decodes percent-encoding; invalid text is returned unchanged. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
