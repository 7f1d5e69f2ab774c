/** The problems that a route may answer, for its documentation. */
import { z } from 'zod';
import { isOfOrganization } from './access.ts';
import { isChange, type RouteDefinition } from './route.ts';

const ProblemDetails = z
  .object({
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Says which of the problems with the same status it is.' }),
    detail: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().meta({ description: 'Into the body, RFC 6901.' }),
          parameter: z.string().optional().meta({ description: 'In the query.' }),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details, RFC 9457.' });

/** Of answers that show what can be changed on a condition. */
export const etagHeader = {
  description: 'Says which state this is, for `If-Match` of a change.',
  required: true,
  schema: { type: 'string' },
} as const;

const descriptions = {
  400: 'The body is not JSON.',
  401: 'Nobody is signed in, or the key is not known.',
  403: 'Your role or key does not allow this, your sign-in is more than 15 minutes old, or a header that a change with a session needs is missing. `code` and `detail` say which.',
  404: 'There is nothing here, or nothing that you may see.',
  409: 'The current state does not allow this.',
  412: 'It was changed since you read it.',
  413: 'The body is too large.',
  415: 'The Content-Type must be application/json.',
  422: 'A field is not valid.',
  428: 'If-Match is missing.',
  429: 'Too many requests.',
} as const;

type Status = keyof typeof descriptions;

export function problemResponses(definition: RouteDefinition) {
  const change = isChange(definition) ? definition : undefined;
  const hasInput = definition.query !== undefined || change?.body !== undefined;
  const statuses: readonly Status[] = [
    ...(change === undefined ? [] : ([400, 409, 413] as const)),
    ...(change?.body === undefined ? [] : ([415] as const)),
    ...(definition.access === 'public' ? [] : ([401, 403] as const)),
    ...(isOfOrganization(definition.access) || definition.params !== undefined ? ([404] as const) : []),
    ...(change?.ifMatch === undefined ? [] : ([412] as const)),
    ...(change?.ifMatch === 'required' ? ([428] as const) : []),
    ...(definition.problems ?? []),
    ...(hasInput ? ([422] as const) : []),
    429,
  ];
  return Object.fromEntries(
    [...new Set(statuses)]
      .toSorted((one, other) => one - other)
      .map((status) => [
        status,
        {
          description: descriptions[status],
          ...(status === 412 ? { headers: { ETag: etagHeader } } : {}),
          content: { 'application/problem+json': { schema: ProblemDetails } },
        },
      ]),
  );
}
