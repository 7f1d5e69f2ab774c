import { expect, it } from 'vitest';
import { linesToPaste } from './lines-to-paste.ts';

const shown = { slug: 'acme', secret: 'rpt_1', example: 'acme/billing' };

it('names the repository, the token and a package', () => {
  expect(linesToPaste({ ...shown, url: 'https://repo.example/acme' })).toEqual([
    'composer config repositories.acme composer https://repo.example/acme',
    'composer config --global http-basic.repo.example token rpt_1',
    'composer require acme/billing',
  ]);
});

it('lets Composer use plain http where the registry has no TLS', () => {
  expect(linesToPaste({ ...shown, url: 'http://127.0.0.1:7420/acme' })[0]).toBe(
    'composer config secure-http false',
  );
});
