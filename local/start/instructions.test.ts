import { describe, expect, it } from 'vitest';
import { firstRunInstructions, instructions } from './instructions.ts';

describe('the text of a first run', () => {
  const run = {
    setUpCode: 'k3yForAnn',
    consoleBaseUrl: 'http://127.0.0.1:7421',
    codeHost: 'http://127.0.0.1:7423',
    example: { organization: 'acme', owner: 'alice' },
    dataDirectory: '/data',
  };

  it('says where to begin, what to type there, and as whom to go on', () => {
    const text = firstRunInstructions(run);
    expect(text).toContain('Begin here: http://127.0.0.1:7421/sign-in/setup\n');
    expect(text).toContain('press "Go on with GitHub":');
    expect(text).toMatch(/^ {2}Set-up code +k3yForAnn$/m);
    expect(text).toMatch(/^ {2}Organization that will own the App +acme$/m);
    expect(text).toMatch(/^ {2}Address of your own server +http:\/\/127\.0\.0\.1:7423 /m);
    expect(text).toContain('sign in as alice, an owner of acme. The page that follows connects acme.');
    expect(text).toContain('State: /data\n');
  });

  it('names nobody where the simulated GitHub has no organization with an owner', () => {
    const text = firstRunInstructions({ ...run, example: undefined });
    expect(text).not.toContain('Organization that');
    expect(text).not.toContain('undefined');
  });

  it('asks for no code any more once there is an administrator', () => {
    const text = firstRunInstructions({ ...run, setUpCode: undefined });
    expect(text).toContain('Sign in: http://127.0.0.1:7421/\n');
    expect(text).toContain('http://127.0.0.1:7423');
    expect(text).not.toMatch(/set-up code|setup|alice/i);
  });
});

describe('the text of a world', () => {
  const example = {
    packageName: 'acme/one',
    cloneUrl: 'http://alice:x@127.0.0.1:7423/acme/one.git',
    folder: 'one',
    tag: 'v99.0.0',
  };
  const acme = {
    slug: 'acme',
    url: 'http://127.0.0.1:7420/acme',
    host: 'github.com',
    members: [{ login: 'alice', role: 'owner', token: 'rprt_m_1' }],
    passwords: { alice: 'ghp_alice_1' },
    example,
  };
  const labs = { ...acme, slug: 'labs', url: 'http://127.0.0.1:7420/labs', host: '127.0.0.1:7428' };
  const ready = {
    organizations: [acme, { ...labs, example: undefined }],
    registryBaseUrl: 'http://127.0.0.1:7420',
    consoleBaseUrl: 'http://127.0.0.1:7421',
    administrator: 'alice',
    controlUrl: 'http://127.0.0.1:7425',
    others: [],
    dataDirectory: '/data',
  };

  it('has for each organization its people, with which account they sign in, and commands to paste', () => {
    const text = instructions(ready);
    expect(text.split('\n').slice(1, 4)).toEqual([
      'Repertoire is ready. Open it in a browser:',
      '',
      '  http://127.0.0.1:7421/   (sign in as alice, the administrator, or as another of these people)',
    ]);
    expect(text).toContain('Sign in as one of them: http://127.0.0.1:7421/ with github.com\n');
    expect(text).toContain('Sign in as one of them: http://127.0.0.1:7421/ with 127.0.0.1:7428\n');
    expect(text.match(/^ {2}composer .*$/gm)).toEqual([
      '  composer init --no-interaction --name=example/app',
      expect.stringContaining('composer config secure-http false '),
      '  composer config repositories.packagist.org false',
      '  composer config repositories.acme composer http://127.0.0.1:7420/acme',
      '  composer config http-basic.127.0.0.1:7420 token rprt_m_1',
      '  composer require acme/one',
      '  composer show --all acme/one',
    ]);
    expect(text.match(/Press Ctrl-C/g)).toHaveLength(1);
  });

  it('says so where no organization is connected', () => {
    const text = instructions({ ...ready, organizations: [], administrator: undefined });
    expect(text).toContain('No organization is connected');
    expect(text).not.toContain('undefined');
  });
});
