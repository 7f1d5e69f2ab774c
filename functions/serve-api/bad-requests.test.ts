import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operations, prepared, rightful } from '../../test/support/api-operations.ts';
import { createApiWorld } from '../../test/support/api-world.ts';
import { badRequests } from '../../test/support/bad-requests.ts';
import { extent } from '../../test/support/long.ts';

/** One world takes so many, … */
const requestsMax = 12;
/** … so that there are about 600 bad requests in all, or 15,000, however many operations there are. */
const numRuns = Math.ceil(extent({ short: 60, long: 2500 }) / operations.length);
let sent = 0;

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
  it('refuses what it cannot take, and nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(badRequests(operation), fc.boolean()), { minLength: 1, maxLength: requestsMax }),
        async (spoils) => {
          const world = await createApiWorld();
          const request = (await prepared(world, operation))();
          const before = world.stored();
          for (const [spoil, isOperator] of spoils) {
            const sender =
              isOperator && operation.access !== 'user' ? 'operator' : rightful[operation.access];
            const { status, headers, body } = await world.ask(sender, spoil(request));
            sent++;
            expect(Math.floor(status / 100)).toBe(4);
            expect(headers['content-type']).toBe('application/problem+json');
            expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
          }
          expect(world.stored()).toEqual(before);
        },
      ),
      { numRuns },
    );
  });
});

it('were as many as they are said to be', () => {
  expect(sent).toBeGreaterThan(extent({ short: 200, long: 10_000 }));
  console.info(`${sent} bad requests were refused`);
});
