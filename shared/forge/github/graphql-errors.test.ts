import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { asId } from '../../domain/ids.ts';
import type { ForgeErrorCode } from '../errors.ts';
import { OverloadError } from '../http.ts';
import { createRequests, type Requests } from './requests.ts';
import { createTestClock, errorOf, startTestApi, type TestApi, testApp } from './test-api.ts';

const clock = createTestClock();
const inSeconds = (seconds: number) => clock.time + seconds * 1000;

let api: TestApi;
let requests: Requests;
beforeEach(async () => {
  api = await startTestApi();
  requests = createRequests(testApp(api, { clock }), asId(41));
});
afterEach(() => api.stop());

const schema = z.object({ viewer: z.object({ login: z.string() }) });
const ask = () => requests.query({ name: 'Test', text: 'query Test { viewer { login } }', schema }, {});

describe('R8: GraphQL errors in a 200', () => {
  const fault = (
    type: string | undefined,
    message: string,
    path: readonly (string | number)[] = ['node', 'teams'],
  ) => ({
    ...(type === undefined ? {} : { type }),
    message,
    path,
  });
  const rows: readonly {
    name: string;
    errors: unknown;
    code: ForgeErrorCode;
    notBefore?: number;
    overload?: true;
  }[] = [
    {
      name: 'RATE_LIMITED',
      errors: [fault('RATE_LIMITED', 'API rate limit exceeded')],
      code: 'rate-limited',
      notBefore: inSeconds(300),
    },
    {
      name: 'RATE_LIMIT',
      errors: [fault('RATE_LIMIT', 'API rate limit already exceeded')],
      code: 'rate-limited',
      notBefore: inSeconds(300),
    },
    {
      name: 'a limit after another error',
      errors: [
        fault('NOT_FOUND', 'Could not resolve', ['node']),
        fault(undefined, 'You have exceeded a secondary rate limit'),
      ],
      code: 'rate-limited',
      notBefore: inSeconds(300),
    },
    {
      name: 'FORBIDDEN',
      errors: [fault('FORBIDDEN', 'Resource not accessible by integration')],
      code: 'insufficient-scope',
    },
    {
      name: 'INSUFFICIENT_SCOPES',
      errors: [fault('INSUFFICIENT_SCOPES', 'needs read:org')],
      code: 'insufficient-scope',
    },
    {
      name: 'SAML',
      errors: [
        {
          ...fault('FORBIDDEN', 'Resource protected by organization SAML enforcement.'),
          extensions: { saml_failure: true },
        },
      ],
      code: 'sso-required',
    },
    {
      name: 'partial data',
      errors: [fault('RESOURCE_LIMITS_EXCEEDED', 'Resource limits')],
      code: 'incomplete',
      overload: true,
    },
    {
      name: 'a time-out of its own',
      errors: [
        {
          message:
            'Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug.',
        },
      ],
      code: 'unavailable',
      overload: true,
    },
    {
      name: 'NOT_FOUND at the root',
      errors: [fault('NOT_FOUND', 'Could not resolve', ['node'])],
      code: 'not-found',
    },
    {
      name: 'NOT_FOUND below the root',
      errors: [fault('NOT_FOUND', 'Could not resolve', ['node', 'teams', 'nodes', 3])],
      code: 'incomplete',
    },
    { name: 'an error of a kind unknown here', errors: [fault('NEW_KIND', 'something')], code: 'incomplete' },
    { name: 'an error without anything', errors: [{}], code: 'incomplete' },
    { name: 'errors that are no list', errors: { message: 'what' }, code: 'incomplete' },
    { name: 'an empty list', errors: [], code: 'incomplete' },
  ];
  test.each(rows)('$name is $code, with data and without', async ({ errors, code, notBefore, overload }) => {
    for (const data of [{ data: { viewer: { login: 'ann' } } }, { data: null }, {}]) {
      api.answer = () => ({
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inSeconds(300) / 1000) },
        json: { ...data, errors },
      });
      const error = await errorOf(ask());
      expect({ code: error.code, notBefore: error.notBefore }).toEqual({ code, notBefore });
      expect(error instanceof OverloadError).toBe(overload === true);
    }
  });
});
