import { expect, it } from 'vitest';
import { isWellFormed } from './well-formed.ts';

it.each(['"\\ud800"', '["a", "\\udc00b"]', '{"a": {"b\\ud800": 1}}'])(
  '%s has half of a surrogate pair',
  (json) => {
    expect(isWellFormed(JSON.parse(json))).toBe(false);
  },
);

it.each(['null', '"\\ud83d\\ude00"', '"\\\\ud800"', '{"ü": [1, true, "é"]}'])('%s has none', (json) => {
  expect(isWellFormed(JSON.parse(json))).toBe(true);
});
