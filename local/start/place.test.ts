import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { atPlace, placeOf } from './place.ts';

it.each([
  [{}, ''],
  [{ data: '.repertoire' }, ''],
  [{ data: resolve('.repertoire') }, ''],
  [{ data: resolve('.other') }, '--data .other'],
  [{ data: '/tmp/my state' }, "--data '/tmp/my state'"],
  [
    { aws: 'https://console.example', 'key-secret': 'Operator-1' },
    '--aws https://console.example --key-secret Operator-1',
  ],
])('of %o is %j', (flags, place) => {
  expect(placeOf(flags)).toBe(place);
});

it('is in every printed command', () => {
  const text = 'a: npm run admin -- status acme, b: npm run admin -- runs acme';
  expect(atPlace(text, '--data .other')).toBe(
    'a: npm run admin -- --data .other status acme, b: npm run admin -- --data .other runs acme',
  );
  expect(atPlace(text, '')).toBe(text);
});
