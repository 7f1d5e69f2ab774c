import { expect, it } from 'vitest';
import { authJson, composerAuth, configLine } from './composer-auth.ts';

const token = { url: 'https://repo.example.com:8443/acme', secret: 'rprt_o_secret' };

it('tells Composer a token for the host of the repository, with its port', () => {
  const told = {
    'http-basic': { 'repo.example.com:8443': { username: 'token', password: 'rprt_o_secret' } },
  };
  expect(JSON.parse(authJson(token))).toEqual(told);
  expect(JSON.parse(composerAuth(token))).toEqual(told);
  expect(configLine(token)).toBe(
    'composer config --global http-basic.repo.example.com:8443 token rprt_o_secret',
  );
});
