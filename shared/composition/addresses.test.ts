import { beforeEach, describe, expect, it } from 'vitest';
import { addressesUsedMs, createAddressesReader, forAddresses } from './addresses.ts';

const text = (host: string) =>
  JSON.stringify({ registry: `https://${host}`, console: 'https://console.example.com' });

let now: number;
const clock = { now: () => now };
let reads: (() => Promise<string>)[];
let asked: number;
const read = () => {
  asked += 1;
  return (reads.length > 1 ? reads.shift() : reads[0])?.() ?? Promise.reject(new Error('nothing'));
};
beforeEach(() => {
  now = 1_000;
  asked = 0;
});

describe('the public addresses', () => {
  it('that change are noticed within a minute, and what was made from them is made again', async () => {
    reads = [async () => text('one.example.com'), async () => text('two.example.com')];
    const current = forAddresses(createAddressesReader(read, clock), ({ registryBaseUrl }) => ({
      registryBaseUrl,
    }));
    const first = await current();
    expect(first).toEqual({ registryBaseUrl: 'https://one.example.com' });
    now += addressesUsedMs - 1;
    expect(await current()).toBe(first);
    expect(asked).toBe(1);
    now += 1;
    expect(await current()).toEqual({ registryBaseUrl: 'https://two.example.com' });
  });

  it('that stay the same keep what was made from them', async () => {
    reads = [async () => text('one.example.com')];
    const current = forAddresses(createAddressesReader(read, clock), () => ({}));
    const first = await current();
    now += addressesUsedMs;
    expect(await current()).toBe(first);
    expect(asked).toBe(2);
  });

  it('are asked for once by requests at the same time', async () => {
    reads = [async () => text('one.example.com')];
    const current = createAddressesReader(read, clock);
    await Promise.all([current(), current(), current()]);
    expect(asked).toBe(1);
  });

  it('that cannot be read are not forgotten, and one that never could be is asked for again at once', async () => {
    reads = [
      () => Promise.reject(new Error('the parameter is not there yet')),
      async () => text('one.example.com'),
      () => Promise.reject(new Error('throttled')),
    ];
    const current = createAddressesReader(read, clock);
    await expect(current()).rejects.toThrow('not there yet');
    expect(await current()).toMatchObject({ registryBaseUrl: 'https://one.example.com' });
    now += addressesUsedMs;
    expect(await current()).toMatchObject({ registryBaseUrl: 'https://one.example.com' });
    expect(asked).toBe(3);
  });

  it('without a host are an error, never part of a file', async () => {
    reads = [async () => '{"registry":"packages","console":"https://console.example.com"}'];
    await expect(createAddressesReader(read, clock)()).rejects.toThrow('Invalid URL');
  });
});
