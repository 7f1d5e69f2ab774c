import { expect, it } from 'vitest';
import { s256 } from './sign-in.ts';

it('makes the code challenge of RFC 7636, appendix B', () => {
  expect(s256('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  );
});
