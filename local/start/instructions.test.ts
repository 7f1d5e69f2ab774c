import { describe, expect, it } from 'vitest';
import { firstRunInstructions } from './instructions.ts';

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
    expect(text).toContain('go on with github:');
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
