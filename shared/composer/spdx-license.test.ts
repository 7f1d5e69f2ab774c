import { describe, expect, it } from 'vitest';
import { isSpdxExpression } from './spdx-license.ts';

// Each asked of composer/spdx-licenses 1.6.0.
describe('isSpdxExpression', () => {
  it.each([
    'MIT',
    'mit',
    'MIT+',
    'GPL-2.0+',
    'GPL-2.0++',
    'MIT\n',
    '(MIT)',
    '( MIT )',
    '((MIT))',
    'MIT OR Apache-2.0',
    'MIT or Apache-2.0',
    'MIT  AND\tISC',
    'MIT AND (ISC OR BSD-3-Clause)',
    '(MIT) AND (ISC)',
    'GPL-2.0-only WITH Classpath-exception-2.0',
    '(GPL-2.0+ WITH Bison-exception-2.2) OR MIT',
    'LicenseRef-acme',
    'DocumentRef-a.b:LicenseRef-x',
    'NONE',
    'noassertion',
    'any-OSI',
  ])('takes %j', (text) => expect(isSpdxExpression(text)).toBe(true));

  it.each([
    '',
    ' MIT',
    'MIT ',
    'BSD',
    'proprietary',
    'MIT++',
    '(MIT',
    'MIT)',
    '()',
    'MIT AND',
    'AND MIT',
    'MIT ISC',
    'MIT AND(ISC)',
    '(MIT)AND ISC',
    'MIT WITH foo',
    'MIT WITH',
    '(MIT) WITH Classpath-exception-2.0',
    'NONE OR MIT',
    'LicenseRef-',
    'LicenseRef-a_b',
    '('.repeat(100_000),
  ])('refuses %.40s', (text) => expect(isSpdxExpression(text)).toBe(false));
});
