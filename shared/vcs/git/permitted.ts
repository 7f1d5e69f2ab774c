/** What an installation and its owners permit of an address, and which credentials go with it. */
import type { HostPolicy, VcsCredential } from '../vcs.ts';
import type { GitAddress } from './address.ts';

/** @returns a sentence for whoever entered the address; undefined if it may be read */
export function addressProblemOf(address: GitAddress, policy: HostPolicy): string | undefined {
  if (address.protocol === 'file') {
    return policy.allowsFile
      ? undefined
      : 'folders of this machine are not read; the address has to be one of a server';
  }
  const isPlain = address.protocol === 'http' || address.protocol === 'git';
  return isPlain && !policy.allowsHttp(address.host)
    ? `${address.protocol}:// is not encrypted; use https or ssh, or have an owner allow it for ${address.host}`
    : undefined;
}

const needs = {
  'ssh-key': ['ssh'],
  basic: ['https', 'http'],
  'token-header': ['https', 'http'],
  'client-certificate': ['https'],
} as const;

const names = {
  'ssh-key': 'an SSH key',
  basic: 'a user name with a password',
  'token-header': 'a header with a token',
  'client-certificate': 'a client certificate',
} as const;

/** @returns a sentence for whoever entered the credential; undefined if it goes with the address */
export function credentialProblemOf({ protocol }: GitAddress, credential: VcsCredential): string | undefined {
  if (credential.kind === 'none') return undefined;
  const protocols: readonly string[] = needs[credential.kind];
  if (!protocols.includes(protocol)) {
    return `${protocol}:// does not take ${names[credential.kind]}; that goes with ${protocols.join(' and ')}`;
  }
  if (credential.kind === 'token-header') {
    const isHeader = /^[A-Za-z0-9-]+$/.test(credential.header) && !/[\r\n\0]/.test(credential.value.reveal());
    return isHeader
      ? undefined
      : 'the name of the header, or its value, has characters that are not possible';
  }
  if (credential.kind === 'basic') {
    const pair = `${credential.username}${credential.password.reveal()}`;
    return credential.username.includes(':') || /[\r\n\0]/.test(pair)
      ? 'the user name has a colon, or the password a line break'
      : undefined;
  }
  return undefined;
}
