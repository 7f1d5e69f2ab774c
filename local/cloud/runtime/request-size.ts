import type { HttpRequest } from './listen.ts';

type Head = Pick<HttpRequest, 'method' | 'target' | 'headers'>;

/** Bytes of `GET /path HTTP/1.1`. */
const lineBytes = ({ method, target }: Head): number => Buffer.byteLength(`${method} ${target} HTTP/1.1`);

const valuesOf = ({ headers }: Head): readonly (readonly [name: string, value: string])[] =>
  [...headers].flatMap(([name, values]) => values.map((value) => [name, value] as const));

/** Bytes of the request line and of the values of headers. */
export const lineAndValueBytes = (request: Head): number =>
  valuesOf(request).reduce((bytes, [, value]) => bytes + Buffer.byteLength(value), lineBytes(request));

/** Bytes of the request line and of headers, with their names and line ends. */
export const headBytes = (request: Head): number =>
  valuesOf(request).reduce(
    (bytes, [name, value]) => bytes + Buffer.byteLength(`${name}: ${value}\r\n`),
    lineBytes(request) + 2,
  );
