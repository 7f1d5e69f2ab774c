import { expect, it } from 'vitest';
import { hostLabel } from './host-label.ts';

it.each([
  ['github', 'https://github.com', 'GitHub'],
  ['bitbucket', 'https://bitbucket.org', 'Bitbucket'],
  ['gitlab', 'https://gitlab.acme.example/root', 'gitlab.acme.example'],
  ['gitlab', 'https://code.acme.example:8443', 'GitLab (code.acme.example:8443)'],
  ['bitbucket', 'http://127.0.0.1:7531', 'Bitbucket (127.0.0.1:7531)'],
])('a %s at %s is called %s', (forge, baseUrl, label) => {
  expect(hostLabel({ forge, baseUrl })).toBe(label);
});
