import { expect, it } from 'vitest';
import { type ForgeOrganization, shownMax, shownOf } from './shown-organizations.ts';

const one = (login: string, state: ForgeOrganization['state'] = 'ready'): ForgeOrganization => ({
  ...{ id: login, login, name: `The ${login}`, kind: 'organization', state },
});
const logins = (shown: readonly ForgeOrganization[]) => shown.map(({ login }) => login);

it('what can be connected comes first, then by login', () => {
  const items = [one('c', 'connected'), one('b'), one('me', 'personal-account'), one('a')];
  expect(logins(shownOf(items, undefined).shown)).toEqual(['a', 'b', 'c', 'me']);
});

it('is found by a part of its login or name', () => {
  const items = [one('acme'), one('other')];
  expect(logins(shownOf(items, 'THE AC').shown)).toEqual(['acme']);
});

it('not more than so many are shown, with how many there are', () => {
  const items = Array.from({ length: 500 }, (_, place) => one(`group-${place}`));
  const { shown, count } = shownOf(items, undefined);
  expect([shown.length, count]).toEqual([shownMax, 500]);
});
