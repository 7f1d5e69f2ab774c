import { describe, expect, it } from 'vitest';
import { createRouter } from './router.ts';

const find = createRouter([
  { method: 'GET', pattern: '/projects/{id}' },
  { method: 'GET', pattern: '/projects/{id}/files/{+path}' },
  { method: 'POST', pattern: '/projects/{id}' },
]);

describe('a router', () => {
  it('finds the route by method and path, with decoded parameters', () => {
    expect(find('POST', '/projects/acme%2Fmoney')).toEqual({
      route: { method: 'POST', pattern: '/projects/{id}' },
      params: { id: 'acme/money' },
    });
    expect(find('GET', '/projects/7/files/src/a.php/')?.params).toEqual({ id: '7', path: 'src/a.php/' });
  });

  it('finds none for another method, more segments, or a path that cannot be decoded', () => {
    expect(find('DELETE', '/projects/7')).toBeUndefined();
    expect(find('POST', '/projects/7/')).toBeDefined();
    expect(find('GET', '/projects/7/files')).toBeUndefined();
    expect(find('GET', '/projects/%E0%A4%A')).toBeUndefined();
  });
});
