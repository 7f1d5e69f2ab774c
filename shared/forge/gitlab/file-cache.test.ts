import { expect, test } from 'vitest';
import { createFileCache } from './file-cache.ts';

test('the oldest files go when there is no room for all', () => {
  const cache = createFileCache(1100);
  for (const key of ['a', 'b', 'c', 'd']) cache.set(key, { manifest: 'x'.repeat(200) });
  expect(cache.get('a')).toBeUndefined();
  expect(cache.get('d')).toEqual({ manifest: 'x'.repeat(200) });
  cache.set('d', { manifest: 'y' });
  cache.set('e', { manifest: 'x'.repeat(200) });
  expect(cache.get('b')).toBeDefined();
});
