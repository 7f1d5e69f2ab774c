/** What the router needs of a route. */
export interface RoutePattern {
  readonly method: string;
  /** `{name}` matches one segment, `{+name}` one or more. */
  readonly pattern: string;
}

export interface FoundRoute<Route> {
  readonly route: Route;
  /** Decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the first route that matches a request. A trailing slash is ignored, except within `{+name}`. */
export function createRouter<Route extends RoutePattern>(routes: readonly Route[]) {
  const compiled = routes.map((route) => {
    const source = route.pattern.replace(/\{(\+?)(\w+)\}/g, (_match, plus: string, name: string) =>
      plus === '+' ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
    );
    return { route, expression: new RegExp(`^${source}/?$`) };
  });
  return (method: string, pathname: string): FoundRoute<Route> | undefined => {
    for (const { route, expression } of compiled) {
      const match = route.method === method ? expression.exec(pathname) : null;
      if (match === null) continue;
      const params: Record<string, string> = {};
      try {
        for (const [name, value] of Object.entries(match.groups ?? {}))
          params[name] = decodeURIComponent(value);
      } catch {
        return undefined;
      }
      return { route, params };
    }
    return undefined;
  };
}
