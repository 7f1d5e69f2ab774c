import { expect, it } from 'vitest';
import { viewerAddressHeader } from './environment.ts';
import { addressBlock, viewerAddress } from './viewer.ts';

it.each([
  ['198.51.100.7', '198.51.100.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['', undefined],
  ['198.51.100.7, 192.0.2.1', undefined],
  ['198.51.100.7:4711', undefined],
  ['unknown', undefined],
])('the viewer of %s is %s', (header, address) => {
  expect(viewerAddress({ [viewerAddressHeader]: header })).toBe(address);
});

it.each([
  ['198.51.100.7', '198.51.100.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000:ffff::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
])('%s is counted as %s', (address, block) => {
  expect(addressBlock(address)).toBe(block);
});
