/** Requests that are wrong in one place, made from the schemas of the document. */
import fc from 'fast-check';
import type { Operation } from './api-operations.ts';
import type { ApiRequest } from './api-world.ts';
import { document } from './documented-answers.ts';

interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** What changes a request so that its operation cannot take it. */
type Spoil = (request: ApiRequest) => ApiRequest;

const junk = fc.oneof(
  fc.constantFrom(
    '',
    '..',
    '%',
    '%00',
    '%2F',
    '%2e%2e',
    '%252F',
    '#',
    '?',
    '*',
    "' OR 1=1",
    '{{7*7}}',
    '__proto__',
  ),
  fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
  fc.string({ minLength: 200, maxLength: 2000 }),
);

/** A value that the schema does not allow. */
function wrongValue(given: JsonSchema): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  const types = typesOf(schema);
  const accepted = types.map((type) => (type === 'integer' ? 'number' : type));
  const others = (
    [
      ['string', fc.constantFrom('', 'x', '\u0000', '\ud800')],
      ['number', fc.constantFrom(0, -1, 1.5, 2 ** 53, 1e308)],
      ['boolean', fc.boolean()],
      ['null', fc.constant(null)],
      ['array', fc.array(fc.anything({ maxDepth: 1 }), { maxLength: 3 })],
      ['object', fc.constantFrom({}, { toString: 1 }, { $gt: '' })],
    ] as const
  ).flatMap(([type, values]) => (accepted.includes(type) ? [] : [values as fc.Arbitrary<unknown>]));
  const of: fc.Arbitrary<unknown>[] = [...others];
  if (types.includes('integer')) {
    of.push(fc.constantFrom(1.5, ...outsideOf(schema).map(Number)));
  }
  if (types.includes('string')) {
    const { maxLength, minLength = 0, enum: values, pattern, format } = schema;
    if (maxLength !== undefined) {
      of.push(fc.constant('x'.repeat(maxLength + 1)));
    }
    if (minLength > 0) {
      of.push(fc.constantFrom('', ' '));
    }
    if (values !== undefined || format !== undefined) {
      of.push(fc.string().filter((text) => values?.includes(text) !== true));
    }
    if (pattern !== undefined) {
      const expression = new RegExp(pattern, 'u');
      of.push(fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !expression.test(text.trim())));
    }
  }
  if (types.includes('array') && schema.items !== undefined) {
    of.push(wrongValue(schema.items).map((item) => [item]));
    if ((schema.minItems ?? 0) > 0) {
      of.push(fc.constant([]));
    }
  }
  if (types.includes('object') && schema.properties !== undefined) {
    of.push(wrongObject(schema).map((spoil) => spoil({})));
  }
  return fc.oneof(...of);
}

/** What the value may be, whichever of several schemas it fits. */
function typesOf({ type, anyOf = [], oneOf = [] }: JsonSchema): readonly string[] {
  return [type ?? [], ...[...anyOf, ...oneOf].map((one) => typesOf(resolved(one)))].flat();
}

/** Makes an object that the schema allows wrong in one property. */
function wrongObject(
  schema: JsonSchema,
): fc.Arbitrary<(valid: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const setting = (values: fc.Arbitrary<readonly [string, unknown]>) =>
    values.map(([name, value]) => (valid: Readonly<Record<string, unknown>>) => ({
      ...valid,
      [name]: value,
    }));
  const without = required.map((name) =>
    fc.constant((valid: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(Object.entries(valid).filter(([other]) => other !== name)),
    ),
  );
  const wrong = Object.entries(properties).map(([name, property]) =>
    setting(wrongValue(property).map((value) => [name, value] as const)),
  );
  const more =
    additionalProperties === false
      ? [setting(fc.constantFrom('id', 'organization', 'role', 'x').map((name) => [name, 1] as const))]
      : [];
  return fc.oneof(...without, ...wrong, ...more);
}

function resolved(schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) {
    return schema;
  }
  const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  return resolved((document.components?.schemas?.[name] ?? {}) as JsonSchema);
}

/** Everything that can be wrong with a request for the operation. */
export function badRequests({ definition, path, method }: Operation): fc.Arbitrary<Spoil> {
  const schema = definition.requestBody?.content?.['application/json']?.schema as JsonSchema | undefined;
  const isParameter = (place: string) => (definition.parameters ?? []).filter((one) => one.in === place);
  const spoils: fc.Arbitrary<Spoil>[] = [
    fc.constantFrom('TRACE', 'OPTIONS', 'PROPFIND', 'get').map(
      (other): Spoil =>
        (request) => ({ ...request, method: other }),
    ),
    junk.map(
      (text): Spoil =>
        (request) => ({
          ...request,
          path: `${request.path.split('?')[0]}/${encodeURIComponent(safe(text))}/x`,
        }),
    ),
  ];
  for (const { name } of isParameter('path')) {
    const place = path.split('/').indexOf(`{${name}}`);
    spoils.push(
      junk.map(
        (text): Spoil =>
          (request) => {
            const steps = request.path.split('/');
            steps[place] = `${encodeURIComponent(safe(text))}~`;
            return { ...request, path: steps.join('/') };
          },
      ),
    );
  }
  const query = isParameter('query');
  for (const { name, schema: of = {} } of query) {
    const parameter = of as JsonSchema;
    const wrong =
      parameter.type === 'integer'
        ? fc.constantFrom(...outsideOf(parameter), '1.5', '1e1', 'x', '', '99999999999999999999')
        : parameter.format === 'date-time'
          ? fc.constantFrom('x', '2026', '2026-13-01T00:00:00Z', '9'.repeat(300))
          : fc.constant('x'.repeat((parameter.maxLength ?? 1000) + 1));
    spoils.push(
      wrong.map(
        (value): Spoil =>
          (request) =>
            withQuery(request, name, value),
      ),
    );
  }
  if (query.length > 0) {
    spoils.push(fc.constant((request) => withQuery(request, 'other', '1')));
  }
  if (schema !== undefined) {
    spoils.push(...badBodies(resolved(schema)));
  } else if (method !== 'GET') {
    spoils.push(fc.constant((request) => ({ ...request, body: { a: 1 } })));
  }
  return fc.oneof(...spoils);
}

function badBodies(schema: JsonSchema): readonly fc.Arbitrary<Spoil>[] {
  const body =
    (value: unknown): Spoil =>
    (request) => ({ ...request, body: value });
  return [
    fc.constantFrom('', '{', '[1', 'null', '"text"', '[]', '\u0000', '{"a":1}}').map(body),
    fc.constantFrom('text/plain', 'application/xml', 'multipart/form-data', 'application/jsonx').map(
      (type): Spoil =>
        (request) => ({ ...request, headers: { ...request.headers, 'content-type': type } }),
    ),
    fc.constant((request) => ({ ...request, headers: { ...request.headers, 'content-type': undefined } })),
    fc.constant(body({ a: 'x'.repeat(256 * 1024) })),
    wrongObject(schema).map(
      (spoil): Spoil =>
        (request) => ({ ...request, body: spoil(request.body as Readonly<Record<string, unknown>>) }),
    ),
  ];
}

/** Whole numbers next to those that are allowed. */
const outsideOf = ({ minimum = 0, maximum }: JsonSchema): readonly string[] =>
  [minimum - 1, ...(maximum === undefined ? [] : [maximum + 1])].map(String);

/** Lone surrogates cannot be in an address. */
const safe = (text: string): string => text.toWellFormed();

function withQuery(request: ApiRequest, name: string, value: string): ApiRequest {
  const [path = '', query = ''] = request.path.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return { ...request, path: `${path}?${parameters}` };
}
