import { expect, it } from 'vitest';
import { tellsOfPrivateNetwork } from '../domain/vcs-repository.ts';
import { checkedAddresses } from './hosts.ts';

const policy = (addresses: readonly string[], allowed?: string) => ({
  lookUp: async () => addresses,
  allowsPrivate: (host: string) => host === allowed,
});

it('a public host is connected to at the addresses that were checked', async () => {
  const addresses = ['140.82.121.3', '2606:50c0:8000::64'];
  expect(await checkedAddresses('code.example', policy(addresses))).toEqual(addresses);
  expect(await checkedAddresses('140.82.121.4', policy([]))).toEqual(['140.82.121.4']);
});

it.each([
  ['127.0.0.1'],
  ['10.1.2.3'],
  ['100.64.0.1'],
  ['169.254.169.254'],
  ['::1'],
  ['fd00::1'],
  ['fe80::1'],
  ['::ffff:127.0.0.1'],
  ['0.0.0.0'],
])('a host with the address %s is refused unless an owner allows it', async (address) => {
  const addresses = ['140.82.121.3', address];
  const message = expect.toSatisfy(tellsOfPrivateNetwork);
  const refused = { code: 'unavailable', message };
  await expect(checkedAddresses('code.example', policy(addresses))).rejects.toMatchObject(refused);
  await expect(checkedAddresses(address, policy([]))).rejects.toMatchObject(refused);
  expect(await checkedAddresses('code.example', policy(addresses, 'code.example'))).toEqual(addresses);
});

it('a name without an address is said to be unknown', async () => {
  const unknown = { code: 'unavailable', message: expect.stringContaining('nowhere.example is not known') };
  await expect(checkedAddresses('nowhere.example', policy([]))).rejects.toMatchObject(unknown);
  const failing = { ...policy([]), lookUp: () => Promise.reject(new Error('ENOTFOUND')) };
  await expect(checkedAddresses('nowhere.example', failing)).rejects.toMatchObject(unknown);
});

it.each([
  '127.0.0.1',
  '169.254.169.254',
  '0.0.0.0',
  '::1',
  '::',
  'fe80::1',
  'fd00:ec2::254',
  '::ffff:127.0.0.1',
])('the machine itself at %s can be refused though its host is allowed', async (address) => {
  const own = { ...policy([address], 'code.example'), refusesMachine: true };
  await expect(checkedAddresses('code.example', own)).rejects.toMatchObject({ code: 'unavailable' });
});

it('other private addresses of a host that is allowed are none of the machine', async () => {
  const addresses = ['10.1.2.3', '192.168.1.1', 'fd00::1'];
  const own = { ...policy(addresses, 'code.example'), refusesMachine: true };
  expect(await checkedAddresses('code.example', own)).toEqual(addresses);
});
