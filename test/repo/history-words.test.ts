/** Whatever the routes write to the history of an organization is told in words. */
import { expect, it } from 'vitest';
import { actGroups } from '../../console/words/history.ts';
import { routes } from '../../functions/serve-api/routes/index.ts';

const told = Object.values(actGroups).flatMap((acts) => Object.keys(acts));
const written = routes.flatMap(({ definition }) =>
  'act' in definition && definition.path.startsWith('/organizations/') ? [definition.act] : [],
);

it.each([...new Set(written)])('%s', (act) => {
  expect(told).toContain(act);
});
