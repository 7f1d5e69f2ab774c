import { describe, expect, it, vi } from 'vitest';
import { addressProblem, guardedFetch, hostsIn, isPublicAddress } from './guarded-fetch.ts';

const publicAddress = '140.82.121.4';
const rule = (addresses: readonly string[] = [publicAddress], permitted = '') => ({
  permittedHosts: hostsIn(permitted),
  lookUp: vi.fn(async (_: string) => addresses),
});

describe('an address that an administrator names', () => {
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', '0.0.0.0'],
    ...['169.254.169.254', '224.0.0.1', '255.255.255.255', '192.0.0.192'],
    ...['::1', '::', 'fe80::1', 'fd00:ec2::254', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '2002:a00:1::'],
    // Behind a translator.
    ...[
      '64:ff9b::a00:1',
      '64:ff9b::',
      '64:ff9b::1',
      '64:FF9B::7f00:0',
      '::ffff:0:10.0.0.1',
      '64:ff9b:1::8c52:7906',
    ],
    // Special purposes.
    ...[
      '3fff::1',
      '5f00::1',
      '100:0:0:1::1',
      '2620:4f:8000::1',
      '192.31.196.1',
      '192.52.193.1',
      '192.175.48.1',
    ],
    'no address',
  ])('is not public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    ...[publicAddress, '172.32.0.1', '2a00:1450:4001::200e', '::ffff:8.8.8.8'],
    ...['64:ff9b::8c52:7906', '64:ff9b::140.82.0.0', '::ffff:0:8.8.8.8'],
  ])('is public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['http://git.example.com', [publicAddress], 'https'],
    ['https://git.example.com', ['10.0.0.1'], 'private network'],
    // One of several is enough.
    ['https://git.example.com', [publicAddress, '127.0.0.1'], 'private network'],
    ['https://git.example.com', [], 'private network'],
    ['https://127.0.0.1:8443', [publicAddress], 'private network'],
    ['https://[::1]/', [publicAddress], 'private network'],
    // Other ways to write 127.0.0.1.
    ['https://2130706433/', [publicAddress], 'private network'],
    ['https://0x7f.1/', [publicAddress], 'private network'],
    ['https://localhost./', ['127.0.0.1'], 'private network'],
  ] as const)('is refused: %s at %j', async (address, addresses, why) => {
    const send = vi.fn();
    expect(await addressProblem(address, rule(addresses))).toContain(why);
    await expect(guardedFetch(rule(addresses), send)(address)).rejects.toThrow('fetch failed');
    expect(send).not.toHaveBeenCalled();
  });

  it('is refused when its host cannot be found', async () => {
    const lookUp = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await addressProblem('https://x.example', { permittedHosts: new Set(), lookUp })).toContain(
      'no address',
    );
  });

  it('is looked up at each request, not only when it is registered', async () => {
    const send = vi.fn(async () => new Response('ok'));
    const changing = rule();
    const ask = guardedFetch(changing, send);
    await ask('https://git.example.com/api');
    changing.lookUp.mockResolvedValue(['169.254.169.254']);
    await expect(ask('https://git.example.com/api')).rejects.toThrow('fetch failed');
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('may be private and without TLS where the operator permits the host by name', async () => {
    const permitting = rule(['10.0.0.1'], 'Git.internal, 127.0.0.1');
    for (const address of ['http://git.internal:8080', 'https://git.internal', 'http://127.0.0.1:7421/x']) {
      expect(await addressProblem(address, permitting)).toBeUndefined();
    }
    expect(await addressProblem('https://other.internal', permitting)).toContain('private network');
  });

  it('may be a subdomain of a permitted host, where an Enterprise Server has its archives, and no host that only ends alike', async () => {
    const permitting = rule(['10.0.0.1'], 'github.example.com');
    expect(await addressProblem('https://codeload.github.example.com/acme', permitting)).toBeUndefined();
    for (const host of ['notgithub.example.com', 'example.com', 'github.example.com.evil.example']) {
      expect(await addressProblem(`https://${host}/`, permitting)).toContain('private network');
    }
  });

  it('is permitted however the operator writes its host', async () => {
    const permitting = rule(['10.0.0.1'], 'GitHub.example.com:8443 git.example., FD00:0::1');
    for (const host of ['github.example.com:8443', 'git.example', '[fd00::1]']) {
      expect(await addressProblem(`https://${host}/`, permitting)).toBeUndefined();
    }
  });

  it('is looked up no longer than the request may take', async () => {
    const send = vi.fn();
    const ask = guardedFetch({ permittedHosts: new Set(), lookUp: () => new Promise(() => {}) }, send);
    const signal = AbortSignal.timeout(5);
    await expect(ask('https://git.example.com', { signal })).rejects.toThrow(
      expect.objectContaining({ name: 'TimeoutError' }),
    );
    await expect(ask('https://git.example.com', { signal })).rejects.toBe(signal.reason);
    expect(send).not.toHaveBeenCalled();
  });
});
