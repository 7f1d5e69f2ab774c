/** The API's document, and whether an answer is one of those that it has for the operation. */
import { createApp } from '../../functions/serve-api/app.ts';
import type { OpenApiDocument, OpenApiOperation } from '../../functions/serve-api/frame/readable-page.ts';

export const apiPrefix = '/api/v1';

// Nothing of it is used: the document is made of the routes alone.
export const document = documentOf();

function documentOf(): OpenApiDocument {
  const app = createApp({ consoleBaseUrl: 'https://console.example' } as Parameters<typeof createApp>[0]);
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Repertoire', version: '1' },
  }) as unknown as OpenApiDocument;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const paths = Object.entries(document.paths).map(([path, methods]) => ({
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  methods,
}));

/** As API Gateway passes it on: an escaped slash is a slash. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** @param path with the prefix and the query */
const operationsAt = (method: string, path: string): readonly OpenApiOperation[] => {
  const [sent = ''] = path.split('?');
  const plain = decoded(sent);
  const meant = method === 'HEAD' ? 'GET' : method;
  return paths
    .filter(({ pattern }) => pattern.test(plain))
    .flatMap(({ methods }) =>
      // Names of methods are case-sensitive.
      Object.entries(methods).flatMap(([name, operation]) =>
        name.toUpperCase() === meant ? [operation] : [],
      ),
    );
};

/** Headers by which programs go on: each is documented where it is sent, and sent where it is documented as required. */
const leading = ['location', 'etag'];

/** What is decided before anybody looks which operation is meant. */
const isBeforeOperation = ({ text }: Answer): boolean =>
  ['too-large', 'This address answers the CDN alone.'].some((mark) => text.includes(mark));

/**
 * What the document does not have of the answer.
 *
 * @param path with the prefix and the query
 */
export function undocumented(method: string, path: string, answer: Answer): readonly string[] {
  const meant = operationsAt(method, path);
  if (meant.length === 0 || isBeforeOperation(answer)) {
    return [];
  }
  const [operation] = meant;
  const documented = operation?.responses[String(answer.status)];
  if (documented === undefined) {
    return [`${operation?.operationId} answered ${answer.status}, which its document lacks: ${answer.text}`];
  }
  const headers = Object.entries(documented.headers ?? {}).map(
    ([name, { required }]) => [name.toLowerCase(), required === true] as const,
  );
  const missing = headers.filter(([name, isRequired]) => isRequired && answer.headers[name] === undefined);
  const added = leading.filter(
    (name) => answer.headers[name] !== undefined && !headers.some(([known]) => known === name),
  );
  return [
    ...missing.map(([name]) => `${operation?.operationId} answered ${answer.status} without ${name}`),
    ...added.map(
      (name) => `${operation?.operationId} answered ${answer.status} with ${name}, which its document lacks`,
    ),
  ];
}
